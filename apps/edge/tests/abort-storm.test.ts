import { afterAll, beforeAll, test } from '@jest/globals';
import type { Constellation } from '@tacet/constellation';
import { expectNothingLeft, startStorm } from './abort-storm.ts';

let constellation: Constellation;

beforeAll(async () => {
  constellation = await startStorm();
}, 120_000);
afterAll(() => constellation.stop());

test('after four hundred requests that were given up, gauges and load counters are exactly 0, every permit is free, and memory has not grown', () => expectNothingLeft(constellation, 400), 120_000);
