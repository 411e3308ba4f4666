/** Money at the edge: reservations, refusals, cuts, and what billing has after each. */
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { createRpcClient, readTlsFolder } from '@tacet/rpc';
import { eventually } from '@tacet/testing';
import { chat, contentOf, errorOf, eventsOf, finalsOf, RawClient, untilNothingIsHeld, usageOf } from './chat-client.ts';
import { metricsOf } from './edge-process.ts';

// $10 and $100 a million tokens: a cent is 100 tokens of output.
const dear = { id: 'dear-model', inputPico: 10_000_000n, cachedPico: 5_000_000n, outputPico: 100_000_000n, contextTokens: 8_192, outputDefault: 64, overheadTokens: 8 };

let constellation: Constellation;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', models: [{ id: 'demo-model' }, dear], worker: { models: ['demo-model', 'dear-model'] } });
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

const balanceOf = async (account: TestAccount) => {
  const { postedNano, heldNano, availableNano } = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes });
  return { posted: BigInt(postedNano), held: BigInt(heldNano), available: BigInt(availableNano) };
};
const restartEdge = async () => {
  await constellation.edges[0]!.process.restart();
  await constellation.edges[0]!.process.waitUntilReady();
};

test('without money the answer is 402, which no SDK tries again, and says what helps', async () => {
  const account = await constellation.createAccount({ creditUsd: '0' });
  const response = await chat(edge, account.apiKey, { model: 'dear-model' });
  const error = await errorOf(response);
  expect([response.status, error.code, response.headers.get('x-should-retry')]).toEqual([402, 'insufficient_balance', 'false']);
  expect(error.metadata).toMatchObject({ limit_source: 'balance', hint: expect.any(String) });
});

test('a whole answer is clamped to what is affordable, and says so', async () => {
  const account = await constellation.createAccount({ creditUsd: '0.006' });
  const response = await chat(edge, account.apiKey, { model: 'dear-model', max_tokens: 1_000, demo: { tokens: 1_000, tag: 'clamped' } });
  const clamped = Number(response.headers.get('x-tacet-max-tokens-clamped'));
  const { usage } = (await response.json()) as { usage: { completion_tokens: number } };
  expect(response.status).toBe(200);
  expect(clamped).toBeGreaterThan(0);
  expect(usage.completion_tokens).toBe(clamped);
  await finalsOf(constellation, account.accountIdBytes, 1);
  const { posted } = await balanceOf(account);
  expect(posted).toBeGreaterThanOrEqual(0n);
});

test('a stream goes beyond its first slice while there is money', async () => {
  const account = await constellation.createAccount({ creditUsd: '5' });
  const events = eventsOf(await (await chat(edge, account.apiKey, { stream: true, max_tokens: 32_000, demo: { tokens: 4_000, tag: 'long' } })).text());
  expect(events.at(-1)).toEqual({ done: true });
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ outputTokens: '4000', status: 'ok', chargedNano: row!.chargeNano });
  await untilNothingIsHeld(constellation, account.accountIdBytes);
});

test('a stream that the balance does not cover is cut with a clear finish, and the balance is never negative', async () => {
  const account = await constellation.createAccount({ creditUsd: '0.15' });
  const text = await (await chat(edge, account.apiKey, { model: 'dear-model', stream: true, demo: { tokens: 5_000, tag: 'cut' } })).text();
  const events = eventsOf(text);
  expect(events.at(-2)?.choices?.[0]?.finish_reason).toBe('length');
  expect(events.at(-1)?.error?.code).toBe('insufficient_balance');
  expect(text).not.toContain('[DONE]');
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ status: 'length', chargedNano: row!.chargeNano });
  // All that was delivered is paid, and all that was paid for was delivered: each chunk with text is a token.
  expect(events.filter((event) => contentOf([event]) !== '')).toHaveLength(Number(row!.outputTokens));
  const { posted } = await balanceOf(account);
  expect(posted).toBeGreaterThanOrEqual(0n);
  expect(posted).toBeLessThan(1_000_000n);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
});

test('200 requests at once on a cent spend a cent at most, and each is served or told why not', async () => {
  const account = await constellation.createAccount({ creditUsd: '0.01' });
  const results = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const response = await chat(edge, account.apiKey, { model: 'dear-model', max_tokens: 10, stream: i % 2 === 0, demo: { tokens: 10 } });
      const text = await response.text();
      return response.status === 200 ? 'served' : (JSON.parse(text) as { error: { code: string } }).error.code;
    }),
  );
  const kinds = new Set(results);
  expect(kinds).toContain('served');
  expect([...kinds].every((kind) => ['served', 'insufficient_balance', 'in_flight_budget'].includes(kind))).toBe(true);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  const rows = await finalsOf(constellation, account.accountIdBytes, results.filter((result) => result === 'served').length);
  const charged = rows.reduce((sum, row) => sum + BigInt(row.chargedNano), 0n);
  const { posted } = await balanceOf(account);
  expect(posted).toBe(10_000_000n - charged);
  expect(posted).toBeGreaterThanOrEqual(0n);
});

test('64 simultaneous first requests of a new key are all served where there is money', async () => {
  const account = await constellation.createAccount({ creditUsd: '5' });
  const statuses = await Promise.all(Array.from({ length: 64 }, () => chat(edge, account.apiKey, { demo: { tokens: 5 } }).then((response) => response.status)));
  expect(statuses.every((status) => status === 200)).toBe(true);
  expect(await finalsOf(constellation, account.accountIdBytes, 64)).toHaveLength(64);
});

test('a key is held to its spend limit, whatever the account has', async () => {
  const account = await constellation.createAccount({ creditUsd: '5', limits: { spendTotalNano: '5000000' } });
  const codes = [];
  for (let i = 0; i < 12; i++) {
    const response = await chat(edge, account.apiKey, { model: 'dear-model', max_tokens: 10, demo: { tokens: 10 } });
    codes.push(response.status === 200 ? 'served' : (await errorOf(response)).code);
  }
  expect(codes[0]).toBe('served');
  expect(codes.at(-1)).toBe('key_limit');
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  const { posted } = await balanceOf(account);
  expect(5_000_000_000n - posted).toBeLessThanOrEqual(5_000_000n);
});

test('a suspended account is refused, and its streams end', async () => {
  const account = await constellation.createAccount();
  const client = new RawClient(edge);
  client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } });
  await client.until('the stream runs', (received) => received.split('data: ').length > 3);
  await constellation.operator.ledger.SuspendAccount({ accountId: account.accountIdBytes, suspended: true });
  await client.until('the stream was ended', (received) => received.includes('"code":"account_suspended"'));
  expect(client.received).not.toContain('[DONE]');
  const response = await chat(edge, account.apiKey);
  expect([response.status, (await errorOf(response)).code]).toEqual([403, 'account_suspended']);
});

test('an edge killed in the middle of streams bills what was received, but for one tick, and holds nothing', async () => {
  const account = await constellation.createAccount();
  const clients = Array.from({ length: 8 }, () => new RawClient(edge));
  for (const [i, client] of clients.entries()) client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 200, tag: `killed-${i}` } });
  for (const client of clients) await client.until('the stream runs', (received) => received.split('data: ').length > 60);
  await constellation.edges[0]!.process.kill();
  const received = clients.map((client) => client.received.split('"content":"').length - 2).sort((a, b) => a - b);
  await restartEdge();
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  const rows = await finalsOf(constellation, account.accountIdBytes, 8);
  expect(rows.every(({ status }) => status === 'edge_crash')).toBe(true);
  const billed = rows.map(({ outputTokens }) => Number(outputTokens)).sort((a, b) => a - b);
  for (const [i, tokens] of billed.entries()) {
    // The counts went into the slots with the end of the tick in which the bytes went out.
    expect(tokens).toBeGreaterThanOrEqual(received[i]! - 3);
  }
  const statuses = await chat(edge, account.apiKey, { demo: { tokens: 1 } });
  expect(statuses.status).toBe(200);
}, 60_000);

test('no-log requests leave token totals and money, nothing else, also across a kill', async () => {
  const account = await constellation.createAccount({ noLog: true });
  const before = await metricsOf(constellation);
  const whole = await chat(edge, account.apiKey, { demo: { tokens: 10 } });
  expect([whole.status, whole.headers.get('x-request-id'), whole.headers.get('x-tacet-privacy')]).toEqual([200, null, 'no-log']);
  await whole.text();
  await (await chat(edge, account.apiKey, { stream: true, demo: { tokens: 20 } })).text();
  await chat(edge, account.apiKey, { model: 'nothing' });
  const client = new RawClient(edge);
  client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 200 } });
  await client.until('the stream runs', (received) => received.split('data: ').length > 40);
  await constellation.edges[0]!.process.kill();
  const tokens = client.received.split('"content":"').length - 2;
  await restartEdge();
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  await eventually('the totals are applied', async () => (await balanceOf(account)).posted < 5_000_000_000n - 200n * BigInt(30 + tokens - 3));
  expect(await usageOf(constellation, account.accountIdBytes)).toEqual([]);
  const log = readFileSync(constellation.edges[0]!.process.logFile, 'utf8');
  expect(log).not.toContain(account.accountId);
  expect(log.split('\n').filter((line) => line.includes('"request_finished"') && line.includes('model_unknown'))).toEqual([]);
  const labelled = (text: string) => text.split('\n').filter((line) => /^tacet_edge_(requests|refusals)_total/.test(line));
  expect(labelled(before)).not.toEqual([]);
}, 60_000);

test('a paused edge cuts its streams before it forwards anything more', async () => {
  const account = await constellation.createAccount();
  const client = new RawClient(edge);
  client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } });
  await client.until('the stream runs', (received) => received.split('data: ').length > 10);
  const { process } = constellation.edges[0]!;
  process.signal('SIGSTOP');
  // Longer than the session lives (5 s): from then on another may have what this edge had reserved.
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  const before = client.received.split('"content":"').length;
  process.signal('SIGCONT');
  await client.until('the stream was cut', (received) => received.includes('"code":"cannot_meter"'));
  expect(client.received.split('"content":"').length - before).toBeLessThanOrEqual(1);
  await eventually('requests are served again', async () => (await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status === 200);
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(['cut', 'ok']).toContain(row!.status);
}, 60_000);

test('an edge whose epoch was fenced cuts, writes its finals and begins a new one without ending', async () => {
  const account = await constellation.createAccount();
  const { process, spoolFolder } = constellation.edges[0]!;
  const { pid } = process;
  const client = new RawClient(edge);
  client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } });
  await client.until('the stream runs', (received) => received.split('data: ').length > 10);
  const identity = readFileSync(join(spoolFolder, 'identity'));
  const epoch = Math.max(identity.readUInt32BE(8), identity.readUInt32BE(136));
  const impostor = createRpcClient('Ledger', { address: constellation.addresses.ledger, tls: readTlsFolder(constellation.paths.certificates('edge')), server: 'billing' });
  await impostor.OpenEdgeSession({ edgeId: identity.subarray(16, 32), epoch: epoch + 1, base: [] });
  impostor.close();
  await client.until('the stream was cut', (received) => received.includes('"code":"cannot_meter"'));
  await eventually('requests are served again', async () => (await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status === 200);
  expect([process.running, process.pid]).toEqual([true, pid]);
  const rows = await finalsOf(constellation, account.accountIdBytes, 2);
  expect(rows.map(({ status }) => status).sort()).toEqual(['cut', 'ok']);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
});

test('while billing is gone streams go on, then nothing is admitted, then they are cut; all is well when it returns', async () => {
  const account = await constellation.createAccount();
  await (await chat(edge, account.apiKey, { demo: { tokens: 5 } })).text();
  const client = new RawClient(edge);
  client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 20 } });
  await client.until('the stream runs', (received) => received.split('data: ').length > 5);
  await constellation.billings[0]!.process.kill();
  await eventually('nothing is admitted any more', async () => {
    const response = await chat(edge, account.apiKey, { demo: { tokens: 1 } });
    return response.status === 503 && (await errorOf(response)).code === 'cannot_meter';
  });
  await client.until('the stream was cut', (received) => received.includes('"code":"cannot_meter"'));
  await constellation.billings[0]!.process.restart();
  await constellation.billings[0]!.process.waitUntilReady();
  await eventually('requests are served again', async () => (await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status === 200, 20_000);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  const rows = await usageOf(constellation, account.accountIdBytes);
  expect(rows.every(({ final }) => final)).toBe(true);
}, 60_000);

test('a spool is one process’s: a second one refuses to start', async () => {
  const other = await import('@tacet/constellation').then(({ startProcess }) =>
    startProcess('edge', { ...constellation.edges[0]!.process.environment, TACET_EDGE_PORT: '0', TACET_EDGE_INTERNAL_PORT: '0', TACET_METRICS_PORT: '0' }, { folder: constellation.paths.folder, workingFolder: constellation.paths.folder, name: 'edge-twin' }),
  );
  expect((await other.ended).code).toBe(1);
  expect(readFileSync(other.logFile, 'utf8')).toContain('another process uses this spool');
});

test('a spool that was restored from a copy is refused: its sequence numbers are taken', async () => {
  const account = await constellation.createAccount();
  const { process, spoolFolder } = constellation.edges[0]!;
  await process.stop();
  const copy = `${spoolFolder}-copy`;
  cpSync(spoolFolder, copy, { recursive: true, filter: (source) => !source.endsWith('/lock') });
  await restartEdge();
  await (await chat(edge, account.apiKey, { demo: { tokens: 1 } })).text();
  await finalsOf(constellation, account.accountIdBytes, 1);
  await process.stop();
  const newer = `${spoolFolder}-newer`;
  cpSync(spoolFolder, newer, { recursive: true, filter: (source) => !source.endsWith('/lock') });
  for (const name of readdirSync(copy)) copyFileSync(join(copy, name), join(spoolFolder, name));
  await process.restart();
  expect((await process.ended).code).toBe(1);
  expect(readFileSync(process.logFile, 'utf8')).toContain('SpoolRestoredError');
  for (const name of readdirSync(newer)) copyFileSync(join(newer, name), join(spoolFolder, name));
  rmSync(copy, { recursive: true });
  rmSync(newer, { recursive: true });
  await restartEdge();
  expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
}, 60_000);

test('at the end the ledger explains every nano-dollar', async () => {
  await eventually('all invariants hold', async () => {
    const { invariants } = await constellation.operator.ledger.CheckLedger({});
    return invariants.length > 0 && invariants.every(({ holds }) => holds);
  });
});
