/** The orderly end of an edge, under load. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, finalsOf, RawClient, untilNothingIsHeld } from './chat-client.ts';
import { isReady, restartUnderLoad } from './rolling-restart.ts';

let constellation: Constellation;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    edges: 2,
    settings: { edge: { TACET_EDGE_DRAIN_LAME_DUCK_MS: '1500', TACET_EDGE_DRAIN_MS_MAX: '4000' } },
  });
}, 120_000);
afterAll(() => constellation.stop());

test('readiness goes first, requests are still taken for a while, no stream is cut, and everything is billed', async () => {
  const account = await constellation.createAccount();
  const { url, process } = constellation.edges[0]!;
  const clients = Array.from({ length: 30 }, () => new RawClient(url));
  for (const client of clients) client.send(account.apiKey, { stream: true, demo: { tokens: 100, tokensPerSecond: 40 } });
  for (const client of clients) await client.until('the stream runs', (received) => received.includes('data: '));
  process.signal('SIGTERM');
  await eventually('it is not ready', async () => !(await isReady(constellation.edges[0]!)));
  const late = await chat(url, account.apiKey, { demo: { tokens: 1 } });
  expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
  await eventually('new connections are refused', () => chat(url, account.apiKey).then(() => false, () => true));
  for (const client of clients) await client.until('the stream ended well', (received) => received.includes('[DONE]'));
  expect((await process.ended).code).toBe(0);
  const rows = await finalsOf(constellation, account.accountIdBytes, 31);
  expect(rows.every(({ status }) => status === 'ok')).toBe(true);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
}, 60_000);

test('a rolling restart under thirty streams cuts none and refuses no request; readiness goes first', async () => {
  for (const edge of constellation.edges) {
    if (await isReady(edge)) continue;
    await edge.process.restart();
    await edge.process.waitUntilReady();
  }
  await restartUnderLoad(constellation, { clients: 30, tokensPerStream: 60, tokensPerSecond: 40, creditUsd: '50', endMs: 30_000 });
}, 120_000);

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
  await eventually('it is not ready', async () => !(await isReady(constellation.edges[1]!)));
  process.signal('SIGTERM');
  expect((await process.ended).code).toBe(130);
}, 60_000);
