/**
 * Goal: one command makes a deployment that answers, keeps itself running, stops without a trace and comes back.
 * Method: the launcher as a process, with the simulator (or, where a server of somebody else runs on this machine, a demo
 * worker that is named by --worker), in a data folder of its own.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoWorker, type DemoWorker } from '@tacet/demo-worker';
import { eventually } from '@tacet/testing';
import { findLocalServer } from '../src/worker/find-local-server.ts';
import { chat, costOf, postedBalance, untilBalanceIs } from './chat.ts';
import { alive, emptyCache, isAlive, launch, type Launched } from './launched.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-launcher-'));
const folder = join(root, 'data');
const names = ['account', 'billing', 'edge', 'key-service', 'postgres-keystore', 'postgres-main', 'pruner'];
const creditNano = 5_000_000_000n;
const running: Launched[] = [];
let somebody: DemoWorker | undefined;
let worker: readonly string[] = [];

beforeAll(async () => {
  if ((await findLocalServer()) === undefined) return;
  somebody = await startDemoWorker({ models: ['demo'], firstTokenMs: 0, tokensPerSecond: 0 });
  worker = ['--worker', somebody.url];
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((launched) => launched.stop()));
});

afterAll(async () => {
  await somebody?.stop();
  for (const made of [root, emptyCache]) rmSync(made, { recursive: true, force: true });
});

function start(...given: string[]): Launched {
  const launched = launch(['--data', folder, '--no-fetch', '--json', ...worker, ...given]);
  running.push(launched);
  return launched;
}

test('the first start says on one line all that a program needs, and answers a request for exactly its price', async () => {
  const launched = start();
  const ready = await launched.ready();
  expect(Object.keys(ready).sort()).toEqual(['account', 'apiKey', 'dataDir', 'edge', 'email', 'password', 'pids', 'worker']);
  expect(Object.keys(ready.pids).sort()).toEqual(somebody ? names : [...names, 'worker']);
  expect(alive(ready.pids).sort()).toEqual(Object.keys(ready.pids).sort());
  expect(ready.worker.kind).toBe(somebody ? 'vllm' : 'demo');
  expect(ready.dataDir).toBe(folder);
  for (const origin of [ready.edge, ready.account]) expect(new URL(origin).origin).toBe(origin);
  expect(statSync(folder).mode & 0o077).toBe(0);
  expect(statSync(join(folder, 'owner.json')).mode & 0o077).toBe(0);
  expect(await postedBalance(ready)).toBe(creditNano);
  const { content, usage } = await chat(ready);
  expect(content).not.toBe('');
  await untilBalanceIs(ready, creditNano - costOf(ready, usage));
  expect(launched.stderr()).toContain('Try it:');

  expect(await launched.stop()).toBe(0);
  expect(alive(ready.pids)).toEqual([]);
  expect(launched.stdout()).toBe(`${JSON.stringify(ready)}\n`);
}, 180_000);

test('the second start has the same key and the same money', async () => {
  const before = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { apiKey: string };
  const ready = await start().ready();
  expect(ready.apiKey).toBe(before.apiKey);
  const balance = await postedBalance(ready);
  expect(balance).toBeLessThan(creditNano);
  const { usage } = await chat(ready);
  await untilBalanceIs(ready, balance - costOf(ready, usage));
}, 120_000);

test('a second launcher on the same folder is refused, and the first goes on', async () => {
  const first = start();
  const ready = await first.ready();
  const second = launch(['--data', folder, '--no-fetch', '--json', ...worker]);
  expect(await second.ended).toBe(1);
  expect(second.stdout()).toBe('');
  expect(second.stderr()).toContain(`another npm start (process ${first.child.pid}) uses ${folder}`);
  await chat(ready);
}, 120_000);

test('whatever dies is named, started again, and requests are answered again', async () => {
  const launched = start();
  const ready = await launched.ready();
  for (const [name, pid] of Object.entries(ready.pids)) {
    // Nothing else has died of what died before.
    expect({ name, isAlive: isAlive(pid), told: launched.stderr().split('\n').filter((line) => line.includes('!')) }).toMatchObject({ isAlive: true });
    process.kill(pid, 'SIGKILL');
    await eventually(`${name} is back`, () => launched.stderr().includes(`${name} is back`), 120_000).catch((cause: unknown) => {
      const log = readFileSync(join(folder, 'logs', `${name}.log`), 'utf8').split('\n').slice(-8);
      throw new Error(`${name} is not back:\n${log.join('\n')}\n${launched.stderr().split('\n').slice(-6).join('\n')}`, { cause });
    });
    expect(launched.stderr()).toContain(`${name} was ended by signal 9`);
    await eventually(`a request is answered after ${name} died`, async () => (await chat(ready)).content, 60_000);
  }
}, 600_000);

test('a launcher that is killed leaves nothing behind', async () => {
  const launched = start();
  const ready = await launched.ready();
  await launched.stop('SIGKILL');
  running.length = 0;
  await eventually('everything has ended', () => alive(ready.pids).length === 0, 12_000);
}, 120_000);

test('a start right after a launcher was killed waits for what is still ending, and has the data', async () => {
  const first = start();
  const ready = await first.ready();
  const balance = await postedBalance(ready);
  await first.stop('SIGKILL');
  running.length = 0;
  // Not waiting for them to end: the next start has to.
  const again = await start().ready();
  expect(alive(ready.pids)).toEqual([]);
  expect(again.apiKey).toBe(ready.apiKey);
  expect(await postedBalance(again)).toBe(balance);
  await chat(again);
}, 180_000);

test('npm start ends everything when npm is told to end', async () => {
  const launched = launch(['--data', folder, '--no-fetch', '--json', ...worker], { command: 'npm' });
  const ready = await launched.ready();
  expect(launched.stdout().trimEnd().split('\n')).toHaveLength(1);
  launched.child.kill('SIGTERM');
  await eventually('everything has ended', () => alive(ready.pids).length === 0, 30_000);
  await eventually('the launcher has ended', () => !isAlive(launched.child.pid!), 30_000);
}, 180_000);

test('ports that are taken are left to whoever has them', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => {
    taken.once('error', () => resolve());
    taken.listen(8080, '127.0.0.1', resolve);
  });
  try {
    const ready = await start().ready();
    expect(Number(new URL(ready.edge).port)).toBeGreaterThan(8080);
    await chat(ready);
  } finally {
    taken.close();
  }
}, 120_000);

test('a start can be interrupted at any time and leaves nothing running', async () => {
  for (const step of ['files', 'databases', 'processes']) {
    const launched = start();
    await eventually(`the step ${step} is done`, () => launched.stderr().includes(`✓ ${step}`), 60_000);
    await launched.stop();
    const left = JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as Record<string, { pid: number }>;
    expect(alive(Object.fromEntries(Object.entries(left).map(([name, { pid }]) => [name, pid])))).toEqual([]);
  }
  await chat(await start().ready());
}, 240_000);

test('--reset deletes the data, says so, and starts afresh', async () => {
  const before = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { apiKey: string };
  const launched = start('--reset');
  const ready = await launched.ready();
  expect(launched.stderr()).toMatch(/--reset: deleted .*owner\.json.*postgres-main/);
  expect(ready.apiKey).not.toBe(before.apiKey);
  expect(await postedBalance(ready)).toBe(creditNano);
  const response = await fetch(`${ready.edge}/v1/models`, { headers: { authorization: `Bearer ${before.apiKey}` } });
  expect(response.status).toBe(401);
}, 180_000);
