/** An edge in a cluster: counts through Kafka, limits through Redis, and both of them gone. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, errorOf, finalsOf, RawClient, untilNothingIsHeld } from './chat-client.ts';

let constellation: Constellation;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'cluster', edges: 2, ownServers: true });
}, 180_000);
afterAll(() => constellation.stop(), 60_000);

const urls = () => constellation.edges.map(({ url }) => url);

function* filesUnder(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

test('requests of two edges are billed through Kafka, each once', async () => {
  const account = await constellation.createAccount();
  await Promise.all(Array.from({ length: 60 }, async (_, i) => (await chat(urls()[i % 2]!, account.apiKey, { stream: i % 3 === 0, demo: { tokens: 7 } })).text()));
  const rows = await finalsOf(constellation, account.accountIdBytes, 60);
  expect(rows).toHaveLength(60);
  expect(rows.every(({ outputTokens, status }) => outputTokens === '7' && status === 'ok')).toBe(true);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
});

test('nothing of a no-log request passes through Kafka', async () => {
  const account = await constellation.createAccount({ noLog: true });
  await (await chat(urls()[0]!, account.apiKey, { demo: { tokens: 50 } })).text();
  await eventually('it is paid', async () => BigInt((await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes })).postedNano) < 5_000_000_000n);
  for (const file of filesUnder(constellation.servers.kafka!.dataFolder)) expect(readFileSync(file).includes(account.accountIdBytes)).toBe(false);
});

test('a rate limit is one limit for both edges', async () => {
  const account = await constellation.createAccount({ limits: { requestsPerMinute: 20 } });
  const statuses = await Promise.all(Array.from({ length: 60 }, (_, i) => chat(urls()[i % 2]!, account.apiKey, { demo: { tokens: 1 } }).then(async (response) => (response.status === 429 ? (await errorOf(response)).code : response.status))));
  // A minute may begin in between.
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(40);
  expect(statuses.filter((status) => status === 'rate_limited').length).toBeGreaterThanOrEqual(20);
});

test('what runs at once has one limit for both edges, and a killed edge holds nothing of it for long', async () => {
  const account = await constellation.createAccount({ limits: { concurrentRequests: 3 } });
  const clients = Array.from({ length: 6 }, (_, i) => new RawClient(urls()[i % 2]!));
  for (const client of clients) client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } });
  for (const client of clients) await client.until('it is answered', (received) => received.startsWith('HTTP/1.1 '));
  expect(clients.filter(({ received }) => received.startsWith('HTTP/1.1 200')).length).toBe(3);
  for (const { socket } of clients) socket.destroy();
  await eventually('the second edge may have all of it', async () => {
    const [, url] = urls();
    const more = Array.from({ length: 3 }, () => new RawClient(url!));
    for (const client of more) client.send(account.apiKey, { stream: true, demo: { tokens: 1_000, tokensPerSecond: 50 } });
    for (const client of more) await client.until('it is answered', (received) => received.startsWith('HTTP/1.1 '));
    const isAll = more.every(({ received }) => received.startsWith('HTTP/1.1 200'));
    for (const { socket } of more) socket.destroy();
    return isAll;
  }, 20_000);
}, 60_000);

test('without Kafka requests are served and billed later; an edge killed meanwhile frees its holds all the same', async () => {
  const account = await constellation.createAccount();
  const { url, process } = constellation.edges[0]!;
  const kafka = constellation.servers.kafka!;
  kafka.signal('SIGSTOP');
  try {
    for (let i = 0; i < 5; i++) expect((await chat(url, account.apiKey, { demo: { tokens: 3 } })).status).toBe(200);
    const client = new RawClient(url);
    client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 100 } });
    await client.until('the stream runs', (received) => received.split('data: ').length > 10);
    await process.kill();
    await process.restart();
    await process.waitUntilReady();
    await untilNothingIsHeld(constellation, account.accountIdBytes);
    const rows = await finalsOf(constellation, account.accountIdBytes, 6);
    expect(rows.filter(({ status }) => status === 'edge_crash')).toHaveLength(1);
  } finally {
    kafka.signal('SIGCONT');
  }
  expect((await chat(url, account.apiKey, { demo: { tokens: 3 } })).status).toBe(200);
  await finalsOf(constellation, account.accountIdBytes, 7);
}, 90_000);

test('while nothing is consumed, 200 requests at once over two edges spend no more than the account has', async () => {
  const account = await constellation.createAccount({ creditUsd: '0.0002' });
  const kafka = constellation.servers.kafka!;
  let served = 0;
  kafka.signal('SIGSTOP');
  try {
    const results = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const response = await chat(urls()[i % 2]!, account.apiKey, { max_tokens: 10, stream: i % 3 === 0, demo: { tokens: 10 } });
        return response.status === 200 ? (await response.text(), 'served') : (await errorOf(response)).code;
      }),
    );
    served = results.filter((result) => result === 'served').length;
    expect([...new Set(results)].filter((result) => !['served', 'insufficient_balance', 'in_flight_budget'].includes(result))).toEqual([]);
    // What was spent is not booked yet; it is held, so that nobody can spend it again.
    const balance = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes });
    expect(BigInt(balance.availableNano)).toBeGreaterThanOrEqual(0n);
    expect(BigInt(balance.heldNano)).toBeLessThanOrEqual(200_000n);
  } finally {
    kafka.signal('SIGCONT');
  }
  const rows = await finalsOf(constellation, account.accountIdBytes, served);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  expect(served).toBeGreaterThan(0);
  expect(rows).toHaveLength(served);
  // Nobody but the customer paid.
  const sum = (of: 'chargedNano' | 'chargeNano') => rows.reduce((total, row) => total + BigInt(row[of]), 0n);
  const { postedNano } = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes });
  expect([BigInt(postedNano) + sum('chargedNano'), sum('chargeNano')]).toEqual([200_000n, sum('chargedNano')]);
  expect(BigInt(postedNano)).toBeGreaterThanOrEqual(0n);
}, 90_000);

test('without Redis limits are kept all the same, and money never fails open', async () => {
  const account = await constellation.createAccount({ creditUsd: '0.001', limits: { requestsPerMinute: 10 } });
  const redis = constellation.servers.redis!.server!;
  redis.signal('SIGSTOP');
  try {
    const results = await Promise.all(Array.from({ length: 60 }, (_, i) => chat(urls()[i % 2]!, account.apiKey, { demo: { tokens: 1 } }).then(async (response) => (response.status === 200 ? 'served' : (await errorOf(response)).code))));
    expect(results.filter((result) => result === 'served').length).toBeLessThanOrEqual(40);
    expect(results).toContain('rate_limited');
  } finally {
    redis.signal('SIGCONT');
  }
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  expect(BigInt((await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes })).postedNano)).toBeGreaterThanOrEqual(0n);
}, 60_000);

test('killed over and over, both edges lose at most a tick each time, and the ledger explains everything', async () => {
  const account = await constellation.createAccount({ creditUsd: '50' });
  let served = 0;
  const over = new AbortController();
  const request = async (i: number) => {
    try {
      const response = await chat(urls()[i % 2]!, account.apiKey, { stream: i % 3 !== 0, demo: { tokens: 20, tokensPerSecond: 400 } });
      const text = await response.text();
      return response.status === 200 && !text.includes('"error"');
    } catch {
      return false;
    }
  };
  const load = Array.from({ length: 12 }, async (_, i) => {
    while (!over.signal.aborted) {
      if (await request(i)) served++;
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  for (let round = 0; round < 4; round++) {
    const edge = constellation.edges[round % 2]!;
    const before = served;
    await eventually('some are served', () => served > before + 15, 30_000);
    await edge.process.kill();
    await edge.process.restart();
    await edge.process.waitUntilReady();
  }
  over.abort();
  await Promise.all(load);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  const rows = await finalsOf(constellation, account.accountIdBytes, served);
  expect(rows.filter(({ status }) => status === 'ok').length).toBeGreaterThanOrEqual(served);
  const billed = rows.reduce((sum, { outputTokens }) => sum + Number(outputTokens), 0);
  const { totals } = await constellation.workers[0]!.receipts();
  expect(billed).toBeLessThanOrEqual(totals.outputTokens);
  await eventually('all invariants hold', async () => {
    const { invariants } = await constellation.operator.ledger.CheckLedger({});
    return invariants.length > 0 && invariants.every(({ holds }) => holds);
  });
}, 120_000);
