/** Keys in such numbers as attacks and large deployments have them. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApiKey } from '@tacet/api-key';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { stringify } from 'uuid';
import { chatBody } from './chat-client.ts';
import { metricOf, metricsOf } from './edge-process.ts';

const lanes = 32;
const unknownKeys = 25_000;
/** Passwords are hashed slowly, so that most keys have an account of many. */
const users = 100;
const keysPerUser = 100;

let constellation: Constellation;
const agent = new Agent({ keepAlive: true, maxSockets: lanes });

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', sessionMs: 300_000 });
}, 120_000);
afterAll(async () => {
  agent.destroy();
  await constellation.stop();
});

/** Asks once with a key; resolves with the status. */
function ask(apiKey: string): Promise<number> {
  const body = JSON.stringify(chatBody({ demo: { tokens: 1 } }));
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(new URL('/v1/chat/completions', constellation.edges[0]!.url), { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });
}

/** Does something so many times, a few at once. */
async function many(times: number, run: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < times) await run(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

test(`of ${unknownKeys} unknown keys, as fast as they can be sent, at most 200 a second are looked up, and a known key is served all the while`, async () => {
  const secret = Buffer.from(readFileSync(constellation.paths.keyCheck, 'utf8').split('\n')[0]!, 'hex');
  const { apiKey } = await constellation.createAccount();
  const lookUps = async (outcome: string) => (await metricOf(constellation, `key_look_ups_total{outcome="${outcome}"}`)) || 0;
  expect(await ask(apiKey)).toBe(200);
  const before = await lookUps('refused');
  const statuses = new Map<number, number>();
  const known: number[] = [];
  const began = performance.now();
  await many(unknownKeys, async (i) => {
    if (i % 100 === 0) known.push(await ask(apiKey));
    const status = await ask(createApiKey(secret).plaintextKey);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(`${Math.round(unknownKeys / seconds)} unknown keys a second: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
  expect(new Set(known)).toEqual(new Set([200]));
  expect([...statuses.keys()].filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
  expect((await lookUps('refused')) - before).toBeLessThanOrEqual(200 * (seconds + 1));
}, 300_000);

test(`${users * keysPerUser} keys of ${users} accounts, each with a request, add no series to the metrics`, async () => {
  const series = async () => (await metricsOf(constellation)).split('\n').filter((line) => line !== '' && !/^(#|nodejs_active_)/.test(line)).map((line) => line.split(' ')[0] ?? '').sort();
  expect(await ask((await constellation.createAccount()).apiKey)).toBe(200);
  const before = await series();
  const ids: string[] = [];
  await many(users, async () => {
    const { accountId, accountIdBytes } = await constellation.createAccount();
    ids.push(accountId);
    for (let i = 0; i < keysPerUser; i++) {
      const { plaintextKey, key } = await constellation.operator.accounts.CreateKey({ accountId: accountIdBytes, name: `key ${i}`, noLog: false, models: [] });
      ids.push(stringify(key!.keyId));
      // Keys are looked up at no more than so many a second.
      await eventually('it is served', async () => (await ask(plaintextKey)) === 200);
    }
  });
  expect(await series()).toEqual(before);
  const page = await metricsOf(constellation);
  expect(ids.filter((id) => page.includes(id))).toEqual([]);
}, 900_000);
