import { expect, test } from '@jest/globals';
import { Lifetime } from './lifetime.ts';

const at = { wall: 1_000_000, monotonic: 500 };
const clocks = { wall: () => at.wall, monotonic: () => at.monotonic };

test.each([
  ['nothing has passed', 0, 0, false],
  ['almost all has passed', 99, 99, false],
  ['all has passed', 100, 100, true],
  ['only the wall clock went on: the machine slept', 100, 0, true],
  ['only the monotonic clock went on: the wall clock stands', 0, 100, true],
  ['the wall clock was set back', -1, 10, true],
])('%s', (_, wall, monotonic, isOver) => {
  const lifetime = new Lifetime(clocks, 100);
  at.wall += wall;
  at.monotonic += monotonic;
  expect(lifetime.isOver()).toBe(isOver);
});
