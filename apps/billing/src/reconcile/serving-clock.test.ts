import { expect, test } from '@jest/globals';
import { ServingClock } from './serving-clock.ts';

test('time is served from the first look on, as long as looks follow each other', () => {
  const clock = new ServingClock(100);
  expect([1_000, 1_080, 1_170].map((at) => clock.look(at))).toEqual([0, 80, 170]);
});

test('a gap, a clock set back and a heartbeat that failed each begin anew', () => {
  const clock = new ServingClock(100);
  clock.look(1_000);
  expect(clock.look(1_101)).toBe(0);
  expect(clock.look(1_150)).toBe(49);
  expect(clock.look(1_140)).toBe(0);
  clock.look(1_200);
  clock.interrupt();
  expect([clock.look(1_250), clock.look(1_260)]).toEqual([0, 10]);
});
