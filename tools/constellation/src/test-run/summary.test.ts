import { expect, test } from '@jest/globals';
import { summarize } from './summary.ts';

test('the last line holds the totals of all parts', () => {
  const text = summarize(
    [
      { name: 'lint', passed: 1, failed: 0, ms: 1_234, remarks: [] },
      { name: '@tacet/edge', passed: 40, failed: 2, ms: 61_000, remarks: ['a', 'b'] },
      { name: '@tacet/tidy', passed: 0, failed: 0, ms: 0, remarks: ['has no tests'] },
    ],
    70_000,
  );
  expect(text.trimEnd().split('\n').at(-1)).toBe('41 passed, 2 failed');
  expect(text).toContain('✗ @tacet/edge  40 passed, 2 failed');
  expect(text).toContain('      has no tests');
});
