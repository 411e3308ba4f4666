import { expect, test } from '@jest/globals';
import { Queue } from './queue.ts';

const never = () => new AbortController().signal;

test('tasks run one after the other in their order, and a failed one lets the next in', async () => {
  const queue = new Queue(5);
  const order: string[] = [];
  const task = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
    if (name === 'b') throw new Error('b');
  };
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => queue.run(never(), task(name))));
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect([queue.running, queue.waiting]).toEqual([0, 0]);
});

test('who leaves the queue is not run, and its place is free', async () => {
  const queue = new Queue(1);
  let finish: () => void = () => undefined;
  const first = queue.run(never(), () => new Promise<void>((resolve) => (finish = resolve)));
  const leaving = new AbortController();
  let ran = false;
  const second = queue.run(leaving.signal, async () => void (ran = true));
  expect(queue.full).toBe(true);
  await expect(queue.run(never(), async () => undefined)).rejects.toThrow('full');
  leaving.abort();
  await second;
  expect([ran, queue.full, queue.waiting]).toEqual([false, false, 0]);
  finish();
  await first;
  await queue.run(AbortSignal.abort(), async () => void (ran = true));
  expect([ran, queue.running]).toEqual([false, 0]);
});
