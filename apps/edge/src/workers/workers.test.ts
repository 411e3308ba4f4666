import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { Pool as Dispatcher } from 'undici';
import { parseWorkers, WorkersFileError } from './parse-workers.ts';
import { probeWorker } from './probe-worker.ts';
import { probesMissedMax, Worker } from './worker.ts';
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
  - { id: b, url: "https://gpu/base", kind: llamacpp, models: [m, n], usage: none, refuseFields: [Best_Of], singleTenant: true, weight: 2, requestsMax: 8, drain: true }`);
  expect(vllm).toMatchObject({ requestsMax: undefined, drain: false, basePath: '', usage: 'continuous', weight: 1, remoteMedia: false, singleTenant: false, credentials: undefined });
  expect(vllm!.kind.isolation).toBe('cache_salt');
  expect(llamacpp).toMatchObject({ basePath: '/base', usage: 'none', weight: 2, singleTenant: true, requestsMax: 8, drain: true });
  expect([...llamacpp!.refusedFields]).toEqual(expect.arrayContaining(['n_predict', 'best_of']));
});

test('the example in the operator’s documentation is one that is taken', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/operating/workers.example.yaml'), 'utf8');
  const pools = parseWorkers(text, () => 'secret');
  expect(pools.map(({ id, drain, requestsMax }) => [id, drain, requestsMax])).toEqual([
    ['llama-70b', false, undefined], ['llama-70b-small', false, 16], ['old-node', true, undefined], ['provider', false, undefined],
  ]);
});

test('credentials are read from their file', () => {
  const [pool] = parseWorkers('pools: [{ id: a, url: "http://x", kind: openai, models: [m], credentialsFile: /key }]', (file) => `secret of ${file}`);
  expect(pool!.credentials).toBe('secret of /key');
});

test.each([
  ['{ nope', ['it is not YAML']],
  ['pools: 5', ['pools: invalid_type']],
  ['pools: [{ id: a, url: "ftp://x", kind: sesame, models: [] }]', ['pools.0.url: must be an http or https URL without user, query and fragment', 'pools.0.kind: invalid_value', 'pools.0.models: too_small']],
  ['pools: [{ id: a, url: "http://x", kind: vllm, models: [m], unknown: sesame }]', ['pools.0: unrecognized_keys']],
  ['pools: [{ id: a, url: "http://x", kind: vllm, models: [m] }, { id: a, url: "http://y", kind: vllm, models: [m] }]', ['pools.1.id: occurs twice']],
  ['pools: [{ id: a, url: "http://x", kind: vllm, models: [m], forwardHeaders: [authorization] }]', ['pools.0.forwardHeaders.0: must not be a header that is never forwarded']],
  ['pools: [{ id: a, url: "http://sesame:y@x", kind: vllm, models: [m] }]', ['pools.0.url: must be an http or https URL without user, query and fragment']],
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
  const set = new WorkerSet({ file, connectMs: 1_000, monotonicMs: () => performance.now(), onFile: (state) => news.push(state), onProbe: () => undefined, onChange: () => undefined });
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

test('a worker whose pool changes keeps its connections and what is known of it; one that is taken out ends what it runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-workers-'));
  const file = join(folder, 'workers.yaml');
  const { port } = await startServer(() => 200);
  const pool = (id: string, fields = '') => `{ id: ${id}, url: "http://127.0.0.1:${port}", kind: vllm, models: [m]${fields} }`;
  writeFileSync(file, `pools: [${pool('a')}, ${pool('b')}]`);
  let changes = 0;
  const set = new WorkerSet({ file, connectMs: 1_000, monotonicMs: () => performance.now(), onFile: () => undefined, onProbe: () => undefined, onChange: () => changes++ });
  await set.start();
  cleanUp.push(async () => {
    await set.stop();
    rmSync(folder, { recursive: true });
  });
  const [a, b] = set.routeOf('m')!.workers;
  a!.begin(100);
  writeFileSync(file, `pools: [${pool('a', ', drain: true, weight: 5')}]`);
  await eventually('it drains', () => a!.stateAt(performance.now()) === 'draining');
  expect(set.all).toEqual([a]);
  expect([a!.pool.weight, a!.inFlightTokens, a!.hasLeft]).toEqual([5, 100, false]);
  expect([b!.hasLeft, b!.stateAt(performance.now())]).toEqual([true, 'draining']);
  expect(changes).toBeGreaterThanOrEqual(2);
});

test('a worker that is gone gets nothing until it answers a probe', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-workers-'));
  const file = join(folder, 'workers.yaml');
  let status = 503;
  const { port } = await startServer(() => status);
  writeFileSync(file, `pools: [{ id: a, url: "http://127.0.0.1:${port}", kind: vllm, models: [m] }]`);
  const states: boolean[] = [];
  const set = new WorkerSet({ file, connectMs: 1_000, monotonicMs: () => performance.now(), onFile: () => undefined, onProbe: (_worker, isThere) => states.push(isThere), onChange: () => undefined });
  await set.start();
  cleanUp.push(async () => {
    await set.stop();
    rmSync(folder, { recursive: true });
  });
  const [worker] = set.all;
  expect(worker!.availabilityAt(performance.now())).toBe('free');
  await eventually('it counts as gone', () => states.length > 0, 20_000);
  expect([states[0], worker!.availabilityAt(performance.now())]).toEqual([false, 'none']);
  expect(probesMissedMax).toBeGreaterThan(1);
  status = 200;
  await eventually('it is there again', () => states.includes(true), 20_000);
  expect(worker!.availabilityAt(performance.now())).toBe('free');
}, 60_000);

test('a worker without /health is well when it lists its models, whatever its credentials are worth', async () => {
  const answers = new Map<string, number>();
  const server = createServer((request, response) => response.writeHead(answers.get(request.url ?? '') ?? 404).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const worker = (kind: string) => {
    const pool = parse(`pools: [{ id: a, url: "${url}", kind: ${kind}, models: [m] }]`)[0]!;
    const dispatcher = new Dispatcher(url);
    cleanUp.push(() => dispatcher.destroy());
    return new Worker(pool, '127.0.0.1', dispatcher, undefined as never);
  };
  const [vllm, openai] = [worker('vllm'), worker('openai')];
  answers.set('/v1/models', 401);
  expect([await probeWorker(vllm), await probeWorker(openai)]).toEqual([true, true]);
  answers.set('/health', 503);
  expect([await probeWorker(vllm), await probeWorker(openai)]).toEqual([false, true]);
  answers.set('/health', 200).set('/v1/models', 500);
  expect([await probeWorker(vllm), await probeWorker(openai)]).toEqual([true, false]);
});
