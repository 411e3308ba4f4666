/** Fast readers against slow readable twins, with seeded random input; `fuzz.long.test.ts` runs a hundred times as many. */
import { expect, test } from '@jest/globals';
import { fuzzScanner, fuzzSplitter } from './fuzz.ts';

test('of ten thousand random bodies the scanner takes those that a parser takes, and finds the same fields', () => {
  expect(fuzzScanner(10_000, 1)).toBeGreaterThan(1_000);
});

test('of ten thousand random streams, cut anywhere, the splitter tells the events that the standard tells', () => {
  expect(fuzzSplitter(10_000, 1)).toBeGreaterThan(5_000);
});
