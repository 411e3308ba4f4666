import { afterEach, expect, test } from '@jest/globals';
import type { TacetError } from '@tacet/errors';
import { eventually } from '@tacet/testing';
import { priorities, queuedMax, queuedPerAccountMax, WorkerQueue, type Priority, type QueuedRequest } from './worker-queue.ts';

const queues: WorkerQueue[] = [];
afterEach(() => queues.splice(0).forEach((queue) => queue.stop()));

/** A queue before workers with so many free places. */
function newQueue({ places = 0, waitMsMax = 10_000 } = {}) {
  const clock = { now: 0 };
  const queue = new WorkerQueue({ monotonicMs: () => clock.now, waitMsMax });
  queues.push(queue);
  const state = { places, started: [] as string[], given: [] as [string, TacetError][] };
  interface Given {
    readonly account?: string;
    readonly priority?: Priority;
    readonly model?: string;
    readonly mayStart?: () => boolean;
  }
  const request = (name: string, { account = 'a', priority = priorities.streamed, model = 'm', mayStart = () => true }: Given = {}): QueuedRequest => ({
    account, model, priority,
    tryStart: () => {
      if (state.places === 0 || !mayStart()) return false;
      state.places--;
      state.started.push(name);
      return true;
    },
    giveUp: (error) => state.given.push([name, error]),
  });
  const free = async (count: number) => {
    state.places += count;
    queue.wake();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  };
  return { queue, clock, state, request, free };
}

test('the more urgent go first, in the order in which they came', async () => {
  const { queue, state, request, free } = newQueue();
  queue.join(request('whole', { priority: priorities.whole }));
  queue.join(request('stream 1'));
  queue.join(request('stream 2'));
  queue.join(request('page', { priority: priorities.interactive }));
  await free(3);
  expect(state.started).toEqual(['page', 'stream 1', 'stream 2']);
  await free(1);
  expect([state.started.at(-1), queue.size]).toEqual(['whole', 0]);
});

test('accounts take turns, however many requests one of them has', async () => {
  const { queue, state, request, free } = newQueue();
  for (let i = 0; i < 3; i++) queue.join(request(`a${i}`, { account: 'a' }));
  for (let i = 0; i < 2; i++) queue.join(request(`b${i}`, { account: 'b' }));
  await free(3);
  expect(state.started).toEqual(['a0', 'b0', 'a1']);
});

test('now and then the one that waits longest goes, so that nobody starves', async () => {
  const { queue, state, request, free } = newQueue();
  queue.join(request('patient', { account: 'p', priority: priorities.whole }));
  for (let i = 0; i < 10; i++) queue.join(request(`urgent ${i}`, { account: `u${i}`, priority: priorities.interactive }));
  await free(5);
  expect(state.started).toContain('patient');
});

test('models do not wait for each other, and one that cannot start does not hold up the rest', async () => {
  const { queue, state, request, free } = newQueue();
  queue.join(request('picky', { mayStart: () => false }));
  queue.join(request('easy'));
  queue.join(request('other model', { model: 'n' }));
  expect([queue.isWaitedFor('m'), queue.isWaitedFor('n'), queue.isWaitedFor('o')]).toEqual([true, true, false]);
  await free(5);
  expect(state.started.sort()).toEqual(['easy', 'other model']);
  expect([queue.size, queue.isWaitedFor('m'), queue.isWaitedFor('n')]).toEqual([1, true, false]);
});

test('who waits beyond the deadline is told when to come back, and who leaves is not started', async () => {
  const { queue, clock, state, request, free } = newQueue({ waitMsMax: 5_000 });
  const gone = request('gone');
  queue.join(gone);
  queue.join(request('late'));
  queue.leave(gone);
  queue.leave(gone);
  clock.now = 4_000;
  queue.join(request('later'));
  clock.now = 5_000;
  await eventually('it is given up', () => state.given.length > 0);
  const [[name, error]] = state.given as [[string, TacetError]];
  expect([name, error.code, queue.size]).toEqual(['late', 'queue_full', 1]);
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(1_000);
  await free(5);
  expect(state.started).toEqual(['later']);
});

test('the queue is bounded, and each account’s part of it', async () => {
  const { queue, state, request, free } = newQueue();
  for (let i = 0; i < queuedPerAccountMax; i++) queue.join(request(`a${i}`));
  expect(() => queue.join(request('one more'))).toThrow(expect.objectContaining({ code: 'queue_full' }));
  for (let i = queuedPerAccountMax; i < queuedMax; i++) queue.join(request(`${i}`, { account: `b${i % 50}` }));
  expect(() => queue.join(request('one more', { account: 'c' }))).toThrow(expect.objectContaining({ code: 'queue_full' }));
  await free(10 * queuedMax);
  expect([queue.size, state.started.length]).toEqual([0, queuedMax]);
  queue.join(request('again'));
  await free(0);
  expect(state.started.at(-1)).toBe('again');
});

test('a place that is free again is found without being told of', async () => {
  const { queue, state, request } = newQueue();
  queue.join(request('waiting'));
  state.places = 1;
  await eventually('it was started', () => state.started.length === 1);
});
