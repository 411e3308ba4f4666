import { expect, test } from '@jest/globals';
import { RetryBudget } from './retry-budget.ts';

const takeAll = (budget: RetryBudget) => {
  let taken = 0;
  while (budget.take()) taken++;
  return taken;
};

test('one request in ten may be tried again, and no more than twenty at once however long nothing failed', () => {
  const budget = new RetryBudget();
  expect(takeAll(budget)).toBe(20);
  for (let i = 0; i < 9; i++) budget.noteRequest();
  expect(takeAll(budget)).toBe(0);
  for (let i = 0; i < 100; i++) budget.noteRequest();
  expect(takeAll(budget)).toBeGreaterThanOrEqual(10);
  for (let i = 0; i < 100_000; i++) budget.noteRequest();
  expect(takeAll(budget)).toBe(20);
});
