import { expect, test } from '@jest/globals';
import { plantRepository } from '../repository.ts';
import { checkFileLength, fileLinesMax } from './file-length.ts';
import { checkFunctionLength, functionLinesMax } from './function-length.ts';

const lines = (count: number) => 'f();\n'.repeat(count);

test('a file of the largest number of lines is one too many; generated files and pages are not counted', () => {
  const repository = plantRepository({
    'a.ts': lines(fileLinesMax - 1),
    'b.sql': lines(fileLinesMax),
    'c.ts': lines(fileLinesMax - 1) + 'f()',
    'x/generated/d.ts': lines(1_000),
    'e.md': lines(1_000),
  });
  expect(checkFileLength([]).find(repository)).toEqual(['b.sql: a file of 400 lines; it must be under 400', 'c.ts: a file of 400 lines; it must be under 400']);
});

const body = (count: number) => `{\n${lines(count - 2)}}`;

test.each([
  ['function f() ', '', 'f'],
  ['const f = () => ', ';', 'f'],
  ['class A { m() ', '}', 'm'],
  ['class A { #p = function () ', '}', 'p'],
  ['class A { constructor() ', '}', 'constructor'],
  ['class A { get g() ', '}', 'g'],
  ['const o = { m() ', '};', 'm'],
  ['run(async () => ', ');', 'anonymous'],
  ['test("x", () => ', ');', 'anonymous'],
])('%s… may not have 60 lines', (before, after, name) => {
  const find = (count: number) => checkFunctionLength([]).find(plantRepository({ 'a.ts': `\n${before}${body(count)}${after}\n` }));
  expect(find(functionLinesMax - 1)).toEqual([]);
  expect(find(functionLinesMax)).toEqual(['a.ts:2: a function of 60 lines; it must be under 60']);
  const listed = checkFunctionLength([{ where: `a.ts#${name}`, lines: 60, reason: 'x' }]);
  expect(listed.find(plantRepository({ 'a.ts': `${before}${body(60)}${after}` }))).toEqual([]);
});

test('a group of tests may be long', () => {
  for (const group of ['describe("x", () => ', 'describe.each([1])("x", () => ']) {
    expect(checkFunctionLength([]).find(plantRepository({ 'a.test.ts': `${group}${body(100)});` }))).toEqual([]);
  }
});
