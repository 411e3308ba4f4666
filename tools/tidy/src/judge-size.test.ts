import { expect, test } from '@jest/globals';
import { judgeSizes } from './judge-size.ts';

const judge = (lines: number, exceptions: { where: string; lines: number; reason: string }[]) => judgeSizes('a file', 400, [{ where: 'a.ts', place: 'a.ts', lines }], exceptions);
const exception = (lines: number, where = 'a.ts') => [{ where, lines, reason: 'it must be so' }];

test('what is too long is told, unless it is listed', () => {
  expect(judge(399, [])).toEqual([]);
  expect(judge(400, [])).toEqual(['a.ts: a file of 400 lines; it must be under 400']);
  expect(judge(450, exception(450))).toEqual([]);
});

test('an exception may not grow, must follow what shrinks, and ends when it is not needed', () => {
  expect(judge(451, exception(450))[0]).toMatch(/grew to 451/);
  expect(judge(449, exception(450))[0]).toMatch(/lower its exception/);
  expect(judge(399, exception(450))[0]).toMatch(/needs no exception/);
  expect(judge(10, exception(450, 'gone.ts'))[0]).toMatch(/there is no such a file|there is no such/);
});
