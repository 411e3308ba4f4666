import { expect, test } from '@jest/globals';
import { plantRepository } from '../repository.ts';
import { checkEnvironment } from './environment.ts';
import { checkFocusedTests } from './focused-tests.ts';
import { checkRelativeImports } from './relative-imports.ts';

test.each(['test.only("x", f)', 'test.skip("x", f)', 'describe.skip("x", f)', 'it.only.each([])("x", f)', 'test.each([]).skip("x", f)', 'test.todo("x")', 'test.failing("x", f)', 'const t = root ? test : test.skip;', 'xit("x", f)', 'fdescribe("x", f)'])(
  '%s is told',
  (code) => {
    expect(checkFocusedTests([]).find(plantRepository({ 'a.test.ts': `\n${code}` }))).toHaveLength(1);
    expect(checkFocusedTests([{ file: 'a.test.ts', reason: 'x' }]).find(plantRepository({ 'a.test.ts': code }))).toEqual([]);
  },
);

test('words in strings, and other things that can be skipped, are left alone; a needless exception is told', () => {
  const repository = plantRepository({ 'a.test.ts': 'test("test.only(x)", f); stream.skip(1); expect(x).only; fit.x;' });
  expect(checkFocusedTests([]).find(repository)).toEqual([]);
  expect(checkFocusedTests([{ file: 'a.test.ts', reason: 'x' }]).find(repository)).toHaveLength(1);
});

test.each(['process.env.X', "process['env']", 'const { env } = process;', "import { env } from 'node:process';", 'globalThis.process.env', 'const { env: e } = process;'])('%s is told', (code) => {
  expect(checkEnvironment.find(plantRepository({ 'apps/edge/src/a.ts': `\n${code}` }))).toEqual(['apps/edge/src/a.ts:2: it reads the environment']);
  const allowed = ['apps/edge/src/config.ts', 'apps/edge/src/main.ts', 'libs/service/src/run.ts', 'tools/bench/src/a.ts', 'apps/edge/src/a.test.ts', 'apps/edge/tests/a.ts'];
  expect(checkEnvironment.find(plantRepository(Object.fromEntries(allowed.map((file) => [file, code]))))).toEqual([]);
});

test('other things of a process are not the environment', () => {
  expect(checkEnvironment.find(plantRepository({ 'apps/edge/src/a.ts': 'process.exitCode = 1; request.env; const { pid } = process;' }))).toEqual([]);
});

test.each(["import { a } from '../../billing/src/a.ts';", "export { a } from '../../billing/src/a.ts';", "import type { A } from '../../../libs/rpc/src/a.ts';", "const a = await import('../../../a.ts');", "type A = import('../../billing/src/a.ts').A;", "export * from '../../billing/src/a.ts';"])(
  '%s is told',
  (code) => {
    const repository = plantRepository({ 'package.json': '{}', 'apps/edge/package.json': '{}', 'apps/billing/package.json': '{}', 'apps/edge/src/a.ts': code });
    expect(checkRelativeImports.find(repository)).toHaveLength(1);
    expect(checkRelativeImports.find(plantRepository({ 'apps/edge/package.json': '{}', 'apps/edge/src/b/a.ts': "import { b } from '../b.ts'; import { c } from '../../tests/c.ts'; import d from 'd';" }))).toEqual([]);
  },
);
