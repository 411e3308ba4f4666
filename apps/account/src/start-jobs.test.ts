import { expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { createBackground } from './background.ts';
import { runEach } from './run-each.ts';
import { startJobs } from './start-jobs.ts';

test('a job that fails is reported and runs again, and a stop waits for the run under way', async () => {
  let runs = 0;
  let finished = false;
  const failures: string[] = [];
  const held = Promise.withResolvers<void>();
  const jobs = startJobs(
    [
      {
        name: 'fails',
        everyMs: 1,
        run: async () => {
          runs++;
          throw new Error('x');
        },
      },
      {
        name: 'holds',
        everyMs: 1,
        run: async () => {
          await held.promise;
          finished = true;
        },
      },
    ],
    (name) => failures.push(name),
  );
  await eventually('three runs', () => runs >= 3);
  const stopped = jobs.stop();
  held.resolve();
  await stopped;
  expect(finished).toBe(true);
  const runsAtStop = runs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([runs, new Set(failures)]).toEqual([runsAtStop, new Set(['fails'])]);
});

test('background work is bounded, its errors reported, and a stop hurries it', async () => {
  const errors: string[] = [];
  const background = createBackground(2, (name) => errors.push(name));
  const wait = (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  expect([
    background.run('a', wait),
    background.run('b', async () => {
      throw new Error('x');
    }),
    background.run('c', wait),
  ]).toEqual([true, true, false]);
  await eventually('the failed one made room', () => background.run('d', wait));
  await background.stop(10);
  expect([errors, background.run('e', wait)]).toEqual([['b'], false]);
});

test('one item that fails keeps no other from its turn', async () => {
  const done: number[] = [];
  await expect(
    runEach([1, 2, 3], new AbortController().signal, async (n) => {
      if (n === 1) throw new Error('first');
      done.push(n);
    }),
  ).rejects.toThrow('first');
  expect(done).toEqual([2, 3]);
});
