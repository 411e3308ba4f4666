import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { chooseWorker, loadOf } from '../choose-worker.ts';
import type { InferenceRequest } from '../read-request.ts';
import { parseWorkers, WorkersFileError } from './parse-workers.ts';
import { failuresMax, quarantineMs, Worker } from './worker.ts';
import { WorkerSet } from './worker-set.ts';

const noCredentials = () => {
  throw new Error('not asked for');
};
const parse = (text: string) => parseWorkers(text, noCredentials);
const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0)) await end();
});

test('a pool has the defaults of its kind', () => {
  const [vllm, llamacpp] = parse(`pools:
  - { id: a, url: "http://gpu:8000/v1/", kind: vllm, models: [m] }
  - { id: b, url: "https://gpu/base", kind: llamacpp, models: [m, n], usage: none, refuseFields: [Best_Of], singleTenant: true, weight: 2 }`);
  expect(vllm).toMatchObject({ basePath: '', usage: 'continuous', weight: 1, remoteMedia: false, singleTenant: false, credentials: undefined });
  expect(vllm!.kind.isolation).toBe('cache_salt');
  expect(llamacpp).toMatchObject({ basePath: '/base', usage: 'none', weight: 2, singleTenant: true });
  expect([...llamacpp!.refusedFields]).toEqual(expect.arrayContaining(['n_predict', 'best_of']));
});

test('credentials are read from their file', () => {
  const [pool] = parseWorkers('pools: [{ id: a, url: "http://x", kind: openai, models: [m], credentialsFile: /key }]', (file) => `secret of ${file}`);
  expect(pool!.credentials).toBe('secret of /key');
});

test.each([
  ['{ nope', ['it is not YAML']],
  ['pools: 5', ['pools: invalid_type']],
  ['pools: [{ id: a, url: "ftp://x", kind: sesame, models: [] }]', ['pools.0.url: invalid_format', 'pools.0.kind: invalid_value', 'pools.0.models: too_small']],
  ['pools: [{ id: a, url: "http://x", kind: vllm, models: [m], unknown: sesame }]', ['pools.0: unrecognized_keys']],
  ['pools: [{ id: a, url: "http://x", kind: vllm, models: [m] }, { id: a, url: "http://y", kind: vllm, models: [m] }]', ['pools.1.id: occurs twice']],
  ['pools: [{ id: a, url: "http://x", kind: vllm, models: [m], forwardHeaders: [authorization] }]', ['pools.0.forwardHeaders: a name that is never forwarded']],
  ['pools: [{ id: a, url: "http://sesame:y@x", kind: vllm, models: [m] }]', ['pools.0.url: only scheme, host, port and path']],
])('%s is refused by place and rule, without a value', (text, problems) => {
  const error = (() => {
    try {
      return parse(text);
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toBeInstanceOf(WorkersFileError);
  expect((error as WorkersFileError).problems).toEqual(problems);
  expect(String(error)).not.toContain('sesame');
});

test('a list without pools is an edge without models; an empty file is one that is still being written', () => {
  expect(parse('pools: []')).toEqual([]);
  expect(() => parse('')).toThrow(WorkersFileError);
});

/** A request for a model that these workers serve. */
function requestFor(workers: readonly Worker[], bytes = 400): InferenceRequest {
  return { prompt: { bytes }, choices: 1, outputLimit: undefined, pools: workers.map(({ pool }) => pool), route: { workers } } as unknown as InferenceRequest;
}
function workersOf(count: number, weights: readonly number[] = []): Worker[] {
  return Array.from({ length: count }, (_, i) => new Worker({ ...parse(`pools: [{ id: p${i}, url: "http://x", kind: vllm, models: [m] }]`)[0]!, weight: weights[i] ?? 1 }, `10.0.0.${i}`, undefined as never));
}
const cycle = (values: readonly number[]) => {
  let i = 0;
  return () => values[i++ % values.length] ?? 0;
};

test('of two random workers the one with less to do is chosen', () => {
  const workers = workersOf(3);
  workers[0]!.inFlightTokens = 5_000;
  workers[1]!.inFlightTokens = 100;
  workers[2]!.inFlightTokens = 9_000;
  const choose = (values: number[]) => chooseWorker(requestFor(workers), [], { monotonicMs: () => 0, random: cycle(values) });
  // First and second of all; then second and third of the others.
  expect(choose([0, 0])).toBe(workers[1]);
  expect(choose([0, 0.9])).toBe(workers[0]);
  expect(choose([0.9, 0.9])).toBe(workers[1]);
});

test('load is spread in proportion to the weights, and never twice to the same when there are two', () => {
  const workers = workersOf(2, [1, 3]);
  const random = Math.random;
  const counts = [0, 0];
  for (let i = 0; i < 4_000; i++) {
    const worker = chooseWorker(requestFor(workers), [], { monotonicMs: () => 0, random });
    worker.inFlightTokens += 100;
    counts[workers.indexOf(worker)]!++;
  }
  expect(counts[1]! / counts[0]!).toBeGreaterThan(2.5);
  expect(counts[1]! / counts[0]!).toBeLessThan(3.5);
});

test('an unwell worker gets nothing while another is well, and something when none is; one that miscounts gets nothing', () => {
  const [sick, well] = workersOf(2) as [Worker, Worker];
  let now = 0;
  const choose = (tried: readonly Worker[] = []) => chooseWorker(requestFor([sick, well]), tried, { monotonicMs: () => now, random: () => 0 });
  for (let i = 0; i < failuresMax - 1; i++) expect(sick.noteFailure()).toBe(false);
  expect(sick.stateAt(0)).toBe('healthy');
  expect(sick.noteFailure()).toBe(true);
  expect(choose()).toBe(well);
  expect(choose([well])).toBe(sick);
  sick.quarantine(now);
  expect(() => choose([well])).toThrow(expect.objectContaining({ code: 'no_worker' }));
  now += quarantineMs;
  expect(choose([well])).toBe(sick);
  expect(sick.noteSuccess()).toBe(true);
  expect(sick.stateAt(now)).toBe('healthy');
});

test('a failure now and then between successes takes nobody out', () => {
  const [worker] = workersOf(1) as [Worker];
  for (let i = 0; i < 20; i++) {
    worker.noteFailure();
    worker.noteSuccess();
  }
  expect(worker.stateAt(0)).toBe('healthy');
});

test('a longer prompt and more choices weigh more', () => {
  expect(loadOf(requestFor([], 40_000))).toBeGreaterThan(loadOf(requestFor([], 400)));
});

async function startServer(status: () => number): Promise<{ server: Server; port: number }> {
  const server = createServer((_request, response) => response.writeHead(status()).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

test('the file is read again when it changes; a bad one keeps the old pools, and is told once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-workers-'));
  const file = join(folder, 'workers.yaml');
  const { port } = await startServer(() => 200);
  const pool = (id: string, model: string) => `{ id: ${id}, url: "http://127.0.0.1:${port}", kind: vllm, models: [${model}] }`;
  const news: string[] = [];
  writeFileSync(file, `pools: [${pool('a', 'm')}]`);
  const set = new WorkerSet({ file, connectMs: 1_000, monotonicMs: () => performance.now(), onFile: (state) => news.push(state), onHealth: () => undefined });
  await set.start();
  cleanUp.push(async () => {
    await set.stop();
    rmSync(folder, { recursive: true });
  });
  const [kept] = set.routeOf('m')!.workers;
  writeFileSync(file, 'pools: [{ id: a }]');
  await eventually('the bad file is told', () => news.includes('refused'));
  expect(set.routeOf('m')!.workers).toEqual([kept]);
  writeFileSync(file, `pools: [${pool('a', 'm')}, ${pool('b', 'n')}]`);
  await eventually('the good file is taken', () => set.routeOf('n') !== undefined);
  expect(set.routeOf('m')!.workers[0]).toBe(kept);
  expect(news).toEqual(['taken', 'refused', 'taken']);
  writeFileSync(file, `pools: [${pool('b', 'n')}]`);
  await eventually('the removed pool is gone', () => set.routeOf('m') === undefined);
});

test('a worker that failed is asked until it is well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-workers-'));
  const file = join(folder, 'workers.yaml');
  let status = 503;
  const { port } = await startServer(() => status);
  writeFileSync(file, `pools: [{ id: a, url: "http://127.0.0.1:${port}", kind: vllm, models: [m] }]`);
  const states: string[] = [];
  const set = new WorkerSet({ file, connectMs: 1_000, monotonicMs: () => performance.now(), onFile: () => undefined, onHealth: (_worker, state) => states.push(state) });
  await set.start();
  cleanUp.push(async () => {
    await set.stop();
    rmSync(folder, { recursive: true });
  });
  const [worker] = set.all;
  for (let i = 0; i < failuresMax; i++) worker!.noteFailure();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(worker!.stateAt(performance.now())).toBe('unhealthy');
  status = 200;
  await eventually('it is well again', () => states.includes('healthy'));
});
