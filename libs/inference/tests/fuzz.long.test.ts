/** The same as `fuzz.test.ts`, a million times each, from a seed of its own. */
import { expect, test } from '@jest/globals';
import { fuzzScanner, fuzzSplitter } from './fuzz.ts';

test('a million random bodies', () => expect(fuzzScanner(1_000_000, 2)).toBeGreaterThan(100_000), 1_800_000);

test('a million random streams', () => expect(fuzzSplitter(1_000_000, 2)).toBeGreaterThan(500_000), 1_800_000);
