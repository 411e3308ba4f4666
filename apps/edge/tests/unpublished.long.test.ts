/** An edge that is stopped while billing is gone: it waits for it, then ends in order; its spool keeps what was not applied. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { chat, finalsOf, RawClient, untilNothingIsHeld } from './chat-client.ts';

let constellation: Constellation;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', sessionMs: 60_000 });
}, 120_000);
afterAll(() => constellation.stop());

test('an edge that cannot publish ends in order all the same, and what it had counted is billed when it is back', async () => {
  const account = await constellation.createAccount();
  const { url, process } = constellation.edges[0]!;
  const client = new RawClient(url);
  client.send(account.apiKey, { stream: true, demo: { tokens: 200, tokensPerSecond: 100 } });
  await client.until('the stream runs', (received) => received.includes('data: '));
  await constellation.billings[0]!.process.kill();
  process.signal('SIGTERM');
  await client.until('the stream ended well', (received) => received.includes('[DONE]'));
  expect((await process.ended).code).toBe(0);
  await constellation.billings[0]!.process.restart();
  await constellation.billings[0]!.process.waitUntilReady();
  await process.restart();
  await process.waitUntilReady();
  const [row] = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(row).toMatchObject({ status: 'ok', outputTokens: '200' });
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  expect((await chat(url, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
}, 120_000);
