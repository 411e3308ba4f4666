/** The orderly end of an edge, under load. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, finalsOf, RawClient, untilNothingIsHeld } from './chat-client.ts';

let constellation: Constellation;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    edges: 2,
    settings: { edge: { TACET_EDGE_DRAIN_LAME_DUCK_MS: '1500', TACET_EDGE_DRAIN_MS_MAX: '4000' } },
  });
}, 120_000);
afterAll(() => constellation.stop());

const isReady = async (metricsUrl: string) => {
  const base = metricsUrl.replace(/\/metrics$/, '');
  return (await fetch(`${base}/ready`)).status === 200;
};

test('readiness goes first, requests are still taken for a while, no stream is cut, and everything is billed', async () => {
  const account = await constellation.createAccount();
  const { url, process } = constellation.edges[0]!;
  const clients = Array.from({ length: 30 }, () => new RawClient(url));
  for (const client of clients) client.send(account.apiKey, { stream: true, demo: { tokens: 100, tokensPerSecond: 40 } });
  for (const client of clients) await client.until('the stream runs', (received) => received.includes('data: '));
  process.signal('SIGTERM');
  await eventually('it is not ready', async () => !(await isReady(process.metricsUrl)));
  const late = await chat(url, account.apiKey, { demo: { tokens: 1 } });
  expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
  await eventually('new connections are refused', () => chat(url, account.apiKey).then(() => false, () => true));
  for (const client of clients) await client.until('the stream ended well', (received) => received.includes('[DONE]'));
  expect((await process.ended).code).toBe(0);
  const rows = await finalsOf(constellation, account.accountIdBytes, 31);
  expect(rows.every(({ status }) => status === 'ok')).toBe(true);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
}, 60_000);

test('a rolling restart under load cuts no stream and refuses no request', async () => {
  const account = await constellation.createAccount({ creditUsd: '50' });
  for (const { process } of constellation.edges) {
    if (await isReady(process.metricsUrl).catch(() => false)) continue;
    await process.restart();
    await process.waitUntilReady();
  }
  // A balancer: it asks each edge whether it wants traffic, and sends requests to those that said so last.
  const wanting = new Set(constellation.edges);
  const over = new AbortController();
  const balancer = (async () => {
    while (!over.signal.aborted) {
      for (const edge of constellation.edges) {
        if (await isReady(edge.process.metricsUrl).catch(() => false)) wanting.add(edge);
        else wanting.delete(edge);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const failures: string[] = [];
  let ended = 0;
  const load = Array.from({ length: 30 }, async (_, i) => {
    while (!over.signal.aborted) {
      const edges = [...wanting];
      const edge = edges[(i + ended) % edges.length];
      if (!edge) failures.push('no edge wanted traffic');
      const outcome = await chat(edge!.url, account.apiKey, { stream: true, demo: { tokens: 60, tokensPerSecond: 40 } }).then((response) => response.text(), String);
      if (!outcome.includes('[DONE]')) failures.push(outcome.slice(-300));
      ended++;
    }
  });
  for (const { process } of constellation.edges) {
    const before = ended;
    await eventually('streams come and go', () => ended > before + 30, 20_000);
    process.signal('SIGTERM');
    expect((await process.ended).code).toBe(0);
    await process.restart();
    await process.waitUntilReady();
  }
  over.abort();
  await Promise.all([balancer, ...load]);
  expect(failures).toEqual([]);
  const rows = await finalsOf(constellation, account.accountIdBytes, ended);
  expect(rows.every(({ status }) => status === 'ok')).toBe(true);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
}, 90_000);

test('what runs beyond its time gets an error that can be tried again, and a second signal ends at once', async () => {
  const account = await constellation.createAccount();
  const { url, process } = constellation.edges[1]!;
  const client = new RawClient(url);
  client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 40 } });
  await client.until('the stream runs', (received) => received.includes('data: '));
  process.signal('SIGTERM');
  await client.until('the stream was ended', (received) => received.includes('"code":"draining"'));
  expect(client.received).not.toContain('[DONE]');
  expect((await process.ended).code).toBe(0);
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ status: 'cut' });
  await process.restart();
  await process.waitUntilReady();
  process.signal('SIGTERM');
  await eventually('it is not ready', async () => !(await isReady(process.metricsUrl)));
  process.signal('SIGTERM');
  expect((await process.ended).code).toBe(130);
}, 60_000);
