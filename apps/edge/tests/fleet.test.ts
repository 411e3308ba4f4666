/** A fleet of workers: full, failing, leaving and coming ones, and a workers file that changes under load. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, workersYaml, type Constellation, type DemoWorkerProcess, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, errorOf, RawClient, untilNothingIsHeld } from './chat-client.ts';
import { metricOf } from './edge-process.ts';

let constellation: Constellation;
let edge: string;
let account: TestAccount;
const queueMs = 6_000;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    models: [{ id: 'fleet' }, { id: 'small' }],
    worker: [{ models: ['fleet'] }, { models: ['fleet'] }, { models: ['fleet'] }, { models: ['small'] }],
    settings: { edge: { TACET_EDGE_QUEUE_MS: String(queueMs), TACET_EDGE_FIRST_BYTE_MS: '2000' } },
  });
  edge = constellation.edges[0]!.url;
  account = await constellation.createAccount({ creditUsd: '50' });
}, 120_000);
afterAll(() => constellation.stop());

const fleet = () => constellation.workers.slice(0, 3);
const small = () => constellation.workers[3]!;

const metric = (name: string) => metricOf(constellation, name);

/** Rewrites the workers file; what is given for a worker is added to its pool. */
function setPools(workers: readonly DemoWorkerProcess[], fieldsOf: (worker: DemoWorkerProcess) => object = () => ({})): void {
  writeFileSync(constellation.paths.workers, workersYaml(workers.map((worker) => ({ id: worker.name, url: worker.url, kind: 'demo', models: worker.models, ...fieldsOf(worker) }))));
}
const allPools = () => setPools(constellation.workers);

const clearAll = () => Promise.all(constellation.workers.map(({ url }) => fetch(`${url}/demo`, { method: 'DELETE' })));
const served = async (worker: DemoWorkerProcess) => (await worker.receipts()).totals.requests;

test('a workers file that changes under load drops no request: new workers get some, one that drains or is gone ends what it runs', async () => {
  const [first, second, third] = fleet() as [DemoWorkerProcess, DemoWorkerProcess, DemoWorkerProcess];
  setPools([first, second, small()]);
  await eventually('there are three workers', async () => (await metric('workers')) === 3);
  await clearAll();
  const over = new AbortController();
  const failures: unknown[] = [];
  let ended = 0;
  const load = Array.from({ length: 12 }, async (_, i) => {
    while (!over.signal.aborted) {
      const response = await chat(edge, account.apiKey, { model: 'fleet', stream: i % 2 === 0, demo: { tokens: 20, tokensPerSecond: 100 } });
      const text = await response.text();
      if (response.status !== 200 || (i % 2 === 0 && !text.includes('[DONE]'))) failures.push([response.status, text.slice(0, 300)]);
      ended++;
    }
  });
  const some = async () => {
    const before = ended;
    await eventually('some more have ended', () => ended > before + 24, 30_000);
  };
  await some();
  allPools();
  await eventually('the new worker gets requests', async () => (await served(third)) > 0);
  setPools(constellation.workers, (worker) => (worker === first ? { drain: true } : {}));
  // It may run nothing for a moment before the file was read, too.
  await eventually('the drained worker runs nothing, and gets nothing while others do', async () => {
    const before = await first.receipts();
    await some();
    return before.running === 0 && (await served(first)) === before.totals.requests;
  }, 30_000);
  setPools([second, small()]);
  await eventually('two are left', async () => (await metric('workers')) === 2);
  await some();
  over.abort();
  await Promise.all(load);
  expect(failures).toEqual([]);
  allPools();
  await eventually('all are back', async () => (await metric('workers')) === 4);
}, 90_000);

test('a bad workers file keeps the old pools, which is a metric and a line', async () => {
  writeFileSync(constellation.paths.workers, 'pools: [{ id: broken }]');
  await eventually('it is refused', async () => (await metric('workers_file_refused')) === 1);
  expect((await chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } })).status).toBe(200);
  allPools();
  await eventually('the good file is taken', async () => (await metric('workers_file_refused')) === 0);
});

test('while all workers are full requests wait for their turn, the urgent ones first; beyond the deadline they are told when to come back', async () => {
  setPools(constellation.workers, (worker) => (worker === small() ? { requestsMax: 1 } : {}));
  await clearAll();
  const occupy = async (tag: string, tokens = 10_000) => {
    const client = new RawClient(edge);
    client.send(account.apiKey, { model: 'small', stream: true, demo: { tokens, tokensPerSecond: 100, tag } });
    await client.until('it runs', (received) => received.includes('data: '));
    return client;
  };
  // The limit holds once the file was read.
  await eventually('one at a time', async () => {
    const client = await occupy('probe');
    const another = chat(edge, account.apiKey, { model: 'small', demo: { tokens: 1 } });
    const waits = await eventually('it waits or is served', async () => ((await metric('queued_requests')) === 1 ? 'waits' : (await metric('worker_requests')) !== 1 ? 'served' : undefined), 2_000).catch(() => 'served');
    client.socket.destroy();
    await another;
    return waits === 'waits';
  }, 20_000);
  const running = await occupy('running');
  const order: string[] = [];
  const ask = async (name: string, fields: object) => {
    const response = await chat(edge, account.apiKey, { model: 'small', ...fields });
    await response.text();
    order.push(`${name} ${response.status}`);
  };
  const whole = ask('whole', { demo: { tokens: 1 } });
  await eventually('it waits', async () => (await metric('queued_requests')) === 1);
  const stream = ask('stream', { stream: true, demo: { tokens: 2 } });
  await eventually('both wait', async () => (await metric('queued_requests')) === 2);
  running.socket.destroy();
  await Promise.all([whole, stream]);
  expect(order).toEqual(['stream 200', 'whole 200']);
  const blocking = await occupy('blocking');
  const refused = await chat(edge, account.apiKey, { model: 'small', demo: { tokens: 1 } });
  expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'queue_full']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // Who leaves while waiting leaves nothing behind.
  const controller = new AbortController();
  const left = chat(edge, account.apiKey, { model: 'small', demo: { tokens: 1 } }, {}, controller.signal);
  await eventually('it waits', async () => (await metric('queued_requests')) === 1);
  controller.abort();
  await expect(left).rejects.toThrow();
  await eventually('nobody waits', async () => (await metric('queued_requests')) === 0);
  blocking.socket.destroy();
  await eventually('nothing runs', async () => (await metric('running_requests')) === 0 && (await metric('worker_tokens')) === 0);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  allPools();
}, 90_000);

test('a worker that says that it is full lets others have its requests for a while', async () => {
  await clearAll();
  const [first, ...others] = fleet() as [DemoWorkerProcess, ...DemoWorkerProcess[]];
  await first.faults(1_000, { status: 429, retryAfter: 5 });
  for (let i = 0; i < 30; i++) expect((await chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } })).status).toBe(200);
  // The first refusal was answered elsewhere, and no other request was tried there meanwhile.
  expect(await served(first)).toBeLessThanOrEqual(2);
  expect((await Promise.all(others.map(served))).reduce((a, b) => a + b)).toBe(30);
  await clearAll();
});

test('a request that one worker had no room for waits for another, longer than a worker may take to begin', async () => {
  await clearAll();
  await eventually('nobody says that it is full', async () => {
    const statuses = await Promise.all(Array.from({ length: 6 }, () => chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } }).then(({ status }) => status)));
    return statuses.every((status) => status === 200) && (await Promise.all(fleet().map(served))).every((count) => count > 0);
  }, 20_000);
  for (const worker of fleet()) await worker.faults(1, { status: 429, retryAfter: 3 });
  // Two attempts, two refusals; then the third worker's, and no other has room for three seconds.
  const refused = await chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } });
  expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'queue_full']);
  expect((await chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } })).status).toBe(200);
  await clearAll();
}, 60_000);

test('a worker that fails is left alone, and comes back when a trial succeeds; a hanging one holds nobody up', async () => {
  await clearAll();
  const [first, second] = fleet() as [DemoWorkerProcess, DemoWorkerProcess];
  await first.faults(1_000, { status: 500 });
  await second.faults(1_000, { firstTokenMs: 60_000 });
  const results: number[] = [];
  await eventually('both are known', async () => {
    const batch = await Promise.all(Array.from({ length: 6 }, () => chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } }).then((response) => response.status)));
    results.push(...batch);
    return batch.every((status) => status === 200) && (await metric('unhealthy_workers')) === 2;
  }, 60_000);
  // A status 500 and a silent worker are not tried elsewhere: they may have done the work.
  expect(results.filter((status) => status !== 200 && status !== 502 && status !== 504)).toEqual([]);
  const began = await served(first);
  for (let i = 0; i < 20; i++) await chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } });
  // Trials are few.
  expect((await served(first)) - began).toBeLessThanOrEqual(3);
  await clearAll();
  await eventually('all are well again', async () => {
    await Promise.all(Array.from({ length: 6 }, () => chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } }).then((response) => response.text())));
    return (await metric('unhealthy_workers')) === 0;
  }, 60_000);
}, 150_000);

test('a killed worker is found out, its requests go elsewhere, and it is used again when it is back', async () => {
  const [first] = fleet() as [DemoWorkerProcess];
  await first.stop();
  for (let i = 0; i < 30; i++) expect((await chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } })).status).toBe(200);
  await eventually('it counts as gone', async () => (await metric('unhealthy_workers')) === 1, 30_000);
  await first.restart();
  await eventually('it is used again', async () => {
    await Promise.all(Array.from({ length: 6 }, () => chat(edge, account.apiKey, { model: 'fleet', demo: { tokens: 1 } })));
    return (await metric('unhealthy_workers')) === 0 && (await served(first)) > 0;
  }, 30_000);
}, 90_000);

test('an account’s conversation stays with one worker as it grows, and other accounts are spread', async () => {
  await clearAll();
  const messages = [{ role: 'system', content: 'You are brief. '.repeat(100) }];
  for (let turn = 0; turn < 12; turn++) {
    messages.push({ role: turn % 2 === 0 ? 'user' : 'assistant', content: `turn ${turn} `.repeat(20) });
    expect((await chat(edge, account.apiKey, { model: 'fleet', messages, demo: { tokens: 1 } })).status).toBe(200);
  }
  expect((await Promise.all(fleet().map(served))).filter((count) => count > 0)).toEqual([12]);
  await clearAll();
  for (let i = 0; i < 8; i++) {
    const other = await constellation.createAccount();
    await chat(edge, other.apiKey, { model: 'fleet', messages, demo: { tokens: 1 } });
  }
  expect((await Promise.all(fleet().map(served))).filter((count) => count > 0).length).toBeGreaterThan(1);
}, 60_000);

test('requests given up at every stage leave no load behind at any worker', async () => {
  await clearAll();
  // Whoever gives up before the first token too often is refused for the rest of the minute, which ends at once as well.
  const runs = 300;
  await Promise.all(Array.from({ length: 10 }, async (_, lane) => {
    for (let i = 0; i < runs / 10; i++) {
      const controller = new AbortController();
      const request = chat(edge, account.apiKey, { model: 'fleet', stream: i % 2 === 0, demo: { tokens: 10, tokensPerSecond: 500 } }, {}, controller.signal).then((response) => response.text());
      setTimeout(() => controller.abort(), (lane * 7 + i * 3) % 30);
      await request.catch(() => undefined);
    }
  }));
  await eventually('all counters are zero', async () => (await Promise.all(['running_requests', 'worker_requests', 'worker_tokens', 'queued_requests', 'body_bytes'].map(metric))).every((value) => value === 0));
  for (const worker of fleet()) await eventually('the worker is idle', async () => (await worker.receipts()).running === 0);
}, 90_000);
