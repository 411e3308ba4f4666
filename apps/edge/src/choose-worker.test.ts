import { expect, test } from '@jest/globals';
import { chooseWorker, loadOf, prefixesOf, type ChooseOptions } from './choose-worker.ts';
import type { InferenceRequest } from './read-request.ts';
import { failuresMax, openMsMin } from './workers/breaker.ts';
import { parseWorkers } from './workers/parse-workers.ts';
import type { Pool } from './workers/pool.ts';
import { PrefixAffinity } from './workers/prefix-affinity.ts';
import { busyMsMax, engineQueueMax, probesMissedMax, quarantineMs, Worker } from './workers/worker.ts';

const pool = (i: number, fields = ''): Pool => parseWorkers(`pools: [{ id: p${i}, url: "http://x", kind: vllm, models: [m]${fields} }]`, () => '')[0]!;
const workersOf = (count: number, fields: readonly string[] = []) => Array.from({ length: count }, (_, i) => new Worker(pool(i, fields[i]), `10.0.0.${i}`, undefined as never, undefined as never));
const cycle = (values: readonly number[]) => {
  let i = 0;
  return () => values[i++ % values.length] ?? 0;
};

function requestFor(workers: readonly Worker[], text = 'x'.repeat(400)): InferenceRequest {
  const bytes = Buffer.from(`{"messages":[${JSON.stringify(text)}]}`);
  const object = { bytes, fields: [{ name: 'messages', start: 1, valueStart: 12, valueEnd: bytes.length - 1 }] };
  return {
    caller: { accountId: Buffer.alloc(16, 1) }, model: { modelId: 'm' }, prompt: { bytes: bytes.length, object }, choices: 1, outputLimit: undefined,
    pools: workers.map((worker) => worker.pool),
  } as unknown as InferenceRequest;
}

function optionsFor(workers: readonly Worker[], over: Partial<ChooseOptions> = {}): ChooseOptions {
  const route = { pools: workers.map((worker) => worker.pool), workers };
  return { routeOf: () => route, affinity: new PrefixAffinity(Buffer.alloc(32), () => 0), monotonicMs: () => 0, random: () => 0, ...over };
}
const choose = (workers: readonly Worker[], over: Partial<ChooseOptions> = {}, tried: readonly Worker[] = []) => chooseWorker(requestFor(workers), [], tried, optionsFor(workers, over));

test('of two random workers the one with less to do is chosen', () => {
  const workers = workersOf(3);
  workers[0]!.inFlightTokens = 5_000;
  workers[1]!.inFlightTokens = 100;
  workers[2]!.inFlightTokens = 9_000;
  // First and second of all; then second and third of the others.
  expect(choose(workers, { random: cycle([0, 0]) })).toBe(workers[1]);
  expect(choose(workers, { random: cycle([0, 0.9]) })).toBe(workers[0]);
  expect(choose(workers, { random: cycle([0.9, 0.9]) })).toBe(workers[1]);
});

test('load is spread in proportion to the weights', () => {
  const workers = workersOf(2, ['', ', weight: 3']);
  const counts = [0, 0];
  for (let i = 0; i < 4_000; i++) {
    const worker = choose(workers, { random: Math.random })!;
    worker.inFlightTokens += 100;
    counts[workers.indexOf(worker)]!++;
  }
  expect(counts[1]! / counts[0]!).toBeGreaterThan(2.5);
  expect(counts[1]! / counts[0]!).toBeLessThan(3.5);
});

test('what an engine says of other edges’ requests, and of its cache, counts as load', () => {
  const [first, second] = workersOf(2) as [Worker, Worker];
  first.noteGauges({ running: 10, waiting: 2, cacheUsage: 0.1 });
  expect(choose([first, second])).toBe(second);
  first.noteGauges({ running: 0, waiting: 0, cacheUsage: 0.95 });
  first.inFlightTokens = 100;
  second.inFlightTokens = 150;
  expect(choose([first, second])).toBe(second);
  first.noteGauges(undefined);
  expect(choose([first, second])).toBe(first);
});

test('a worker whose breaker is open gets nothing, then one trial at a time', () => {
  const [sick, well] = workersOf(2) as [Worker, Worker];
  let now = 0;
  const monotonicMs = () => now;
  for (let i = 0; i < failuresMax; i++) sick.noteFailure(now);
  expect(choose([sick, well], { monotonicMs })).toBe(well);
  expect(() => choose([sick, well], { monotonicMs }, [well])).toThrow(expect.objectContaining({ code: 'no_worker', retryAfterMs: openMsMin }));
  now = openMsMin;
  expect(choose([sick, well], { monotonicMs }, [well])).toBe(sick);
  sick.begin(1);
  expect(() => choose([sick, well], { monotonicMs }, [well])).toThrow(expect.objectContaining({ code: 'no_worker' }));
  sick.noteSuccess();
  sick.end(1);
  expect(sick.stateAt(now)).toBe('healthy');
});

test('a worker that is gone, miscounts, drains or has left the file gets nothing', () => {
  const [worker, other] = workersOf(2) as [Worker, Worker];
  let now = 0;
  const chosen = () => choose([worker, other], { monotonicMs: () => now });
  expect(chosen()).toBe(worker);
  for (let i = 0; i < probesMissedMax; i++) expect(worker.noteProbe(false, now)).toBe(i === probesMissedMax - 1);
  expect([worker.stateAt(now), chosen()]).toEqual(['down', other]);
  expect([worker.noteProbe(true, now), chosen()]).toEqual([true, worker]);
  for (let i = 0; i < probesMissedMax; i++) worker.noteProbe(false, now);
  // A request that was under way went well: it is there after all.
  worker.noteSuccess();
  expect(chosen()).toBe(worker);
  worker.quarantine(now);
  expect([worker.stateAt(now), chosen()]).toEqual(['quarantined', other]);
  now += quarantineMs;
  worker.adopt(pool(0, ', drain: true'));
  expect([worker.stateAt(now), chosen()]).toEqual(['draining', other]);
  worker.adopt(pool(0));
  expect(chosen()).toBe(worker);
  worker.hasLeft = true;
  expect([worker.stateAt(now), chosen()]).toEqual(['draining', other]);
});

test('when all that are well are full there is nobody yet, which is not the same as nobody', () => {
  const workers = workersOf(2, [', requestsMax: 1', '']) as [Worker, Worker];
  const [limited, other] = workers;
  let now = 0;
  const chosen = () => choose(workers, { monotonicMs: () => now });
  limited.begin(10);
  expect(chosen()).toBe(other);
  other.noteGauges({ running: 1, waiting: engineQueueMax, cacheUsage: 0 });
  expect(chosen()).toBeUndefined();
  other.noteGauges({ running: 1, waiting: 0, cacheUsage: 0 });
  other.noteFull(now, 60_000);
  expect(chosen()).toBeUndefined();
  now += busyMsMax;
  expect(chosen()).toBe(other);
  limited.end(10);
  expect(limited.availabilityAt(now)).toBe('free');
});

test('a prompt goes where its beginning went before, unless that worker has much more to do', () => {
  const workers = workersOf(4);
  const options = optionsFor(workers, { random: Math.random });
  const long = requestFor(workers, 'y'.repeat(5_000));
  const prefixes = prefixesOf(long, options);
  expect(prefixes).toHaveLength(3);
  const home = chooseWorker(long, prefixes, [], options)!;
  for (let i = 0; i < 50; i++) expect(chooseWorker(long, prefixes, [], options)).toBe(home);
  expect(chooseWorker(long, prefixes, [home], options)).not.toBe(home);
  expect(prefixesOf(requestFor(workers, 'short'), options)).toEqual([]);
  // One worker leaves no choice, so nothing is computed.
  expect(prefixesOf(long, optionsFor(workers.slice(0, 1)))).toEqual([]);
  const [first] = workers as [Worker];
  options.affinity.remember(prefixes, first);
  first.inFlightTokens = 100_000;
  for (let i = 0; i < 20; i++) {
    options.affinity.remember(prefixes, first);
    expect(chooseWorker(long, prefixes, [], options)).not.toBe(first);
  }
});

test('an engine that keeps no beginnings between requests is not asked to', () => {
  const workers = [0, 1].map((i) => new Worker(parseWorkers(`pools: [{ id: p${i}, url: "http://x", kind: llamacpp, models: [m] }]`, () => '')[0]!, `${i}`, undefined as never, undefined as never));
  expect(prefixesOf(requestFor(workers, 'y'.repeat(5_000)), optionsFor(workers))).toEqual([]);
});

test('a longer prompt and more choices weigh more', () => {
  expect(loadOf(requestFor([], 'x'.repeat(40_000)))).toBeGreaterThan(loadOf(requestFor([])));
  expect(loadOf({ ...requestFor([]), choices: 4 })).toBeGreaterThan(loadOf(requestFor([])));
});

test('begun and ended in any order ten thousand times, nothing is left of it', () => {
  const [worker] = workersOf(1) as [Worker];
  const open: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    open.push(i);
    worker.begin(i);
    if (i % 3 === 0) worker.end(open.splice(Math.floor(open.length / 2), 1)[0]!);
  }
  for (const tokens of open) worker.end(tokens);
  expect([worker.running, worker.inFlightTokens]).toEqual([0, 0]);
});
