/** Keys: revocation, unknown ones, and a directory that is gone. Two edges, one account process. */
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApiKey } from '@tacet/api-key';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { readTlsFolder } from '@tacet/rpc';
import { eventually } from '@tacet/testing';
import { readFileSync } from 'node:fs';
import { chat, chatBody, errorOf, finalsOf, RawClient } from './chat-client.ts';
import { metricOf } from './edge-process.ts';

const staleMs = 2_000;
let constellation: Constellation;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', edges: 2, settings: { edge: { TACET_EDGE_KEY_STALE_MS: String(staleMs) } } });
}, 120_000);
afterAll(() => constellation.stop());

const urls = () => constellation.edges.map(({ url }) => url);
const lookUps = async (outcome: string) => (await metricOf(constellation, `key_look_ups_total{outcome="${outcome}"}`)) || 0;

test('a revoked key is refused at every edge within a second, and its open streams are cut', async () => {
  const account = await constellation.createAccount();
  const clients = urls().map((url) => new RawClient(url));
  for (const client of clients) client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } });
  for (const client of clients) await client.until('the stream runs', (received) => received.split('data: ').length > 5);
  await constellation.operator.accounts.RevokeKey({ keyId: account.keyIdBytes });
  for (const client of clients) await client.until('the stream was cut', (received) => received.includes('"code":"key_revoked"'));
  for (const client of clients) expect(client.received).not.toContain('[DONE]');
  for (const url of urls()) {
    const response = await chat(url, account.apiKey);
    expect([response.status, (await errorOf(response)).code]).toEqual([401, 'key_revoked']);
  }
  const rows = await finalsOf(constellation, account.accountIdBytes, 2);
  expect(rows.map(({ status }) => status)).toEqual(['cut', 'cut']);
});

test('a revocation does not touch another key’s streams, and a whole answer of the revoked key is refused', async () => {
  const [account, other] = [await constellation.createAccount(), await constellation.createAccount()];
  const [edge] = urls();
  const client = new RawClient(edge!);
  client.send(other.apiKey, { stream: true, demo: { tokens: 60, tokensPerSecond: 40 } });
  const whole = chat(edge!, account.apiKey, { demo: { tokens: 1_000, tokensPerSecond: 50, tag: 'whole-of-revoked' } });
  await eventually('the worker has it', async () => (await constellation.workers[0]!.receipts('whole-of-revoked')).receipts[0]?.running);
  await constellation.operator.accounts.RevokeKey({ keyId: account.keyIdBytes });
  const response = await whole;
  expect([response.status, (await errorOf(response)).code]).toEqual([401, 'key_revoked']);
  await client.until('the other stream ends well', (received) => received.includes('[DONE]'));
  await eventually('the worker was aborted', async () => (await constellation.workers[0]!.receipts('whole-of-revoked')).receipts[0]?.aborted);
});

test('a key that is revoked while its request is still arriving is refused all the same', async () => {
  const account = await constellation.createAccount();
  const body = JSON.stringify(chatBody({ stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } }));
  const client = new RawClient(urls()[0]!);
  client.socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: edge\r\nauthorization: Bearer ${account.apiKey}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
  // It is known now, and its request is being read.
  expect((await chat(urls()[0]!, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  await constellation.operator.accounts.RevokeKey({ keyId: account.keyIdBytes });
  await eventually('the edge knows', async () => (await chat(urls()[0]!, account.apiKey)).status === 401);
  client.socket.write(body.slice(10));
  await client.until('it was refused', (received) => received.includes('"code":"key_revoked"'));
  expect(client.received).not.toContain('[DONE]');
});

test('invented keys cost the directory nothing, unknown ones one look-up each, and no more than 200 a second', async () => {
  const [edge] = urls();
  const secret = Buffer.from(readFileSync(constellation.paths.keyCheck, 'utf8').split('\n')[0]!, 'hex');
  const before = { refused: await lookUps('refused'), throttled: await lookUps('throttled') };
  const invented = await Promise.all(Array.from({ length: 300 }, (_, i) => chat(edge!, `tct_live_${'a'.repeat(8)}_${String(i).padStart(36, '0')}`).then((response) => response.status)));
  expect(new Set(invented)).toEqual(new Set([401]));
  expect(await lookUps('refused')).toBe(before.refused);
  const unknown = createApiKey(secret).plaintextKey;
  for (let i = 0; i < 20; i++) {
    const response = await chat(edge!, unknown);
    expect((await errorOf(response)).code).toBe('key_unknown');
  }
  expect(await lookUps('refused')).toBe(before.refused + 1);
  const began = performance.now();
  const statuses = await Promise.all(Array.from({ length: 600 }, () => chat(edge!, createApiKey(secret).plaintextKey).then((response) => response.status)));
  const seconds = (performance.now() - began) / 1000;
  // A busy machine may not answer all of them within their deadline: 503.
  expect(statuses.filter((status) => status !== 401 && status !== 429 && status !== 503)).toEqual([]);
  // A bucket of 200 that fills with 200 a second.
  expect(await lookUps('refused')).toBeLessThanOrEqual(before.refused + 1 + 200 * (seconds + 1));
  expect(statuses.filter((status) => status === 429)).toHaveLength((await lookUps('throttled')) - before.throttled);
});

test('a key whose policy changes is seen with the new one', async () => {
  const account = await constellation.createAccount();
  const [edge] = urls();
  expect((await chat(edge!, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  await constellation.operator.accounts.SuspendAccount({ accountId: account.accountIdBytes, suspended: true });
  await eventually('it is refused', async () => (await chat(edge!, account.apiKey)).status === 403);
  await constellation.operator.accounts.SuspendAccount({ accountId: account.accountIdBytes, suspended: false });
  await eventually('it is served again', async () => (await chat(edge!, account.apiKey, { demo: { tokens: 1 } })).status === 200, 15_000);
});

test('without the directory known keys are served for a while, then none; unknown ones not at all', async () => {
  const [known, late] = [await constellation.createAccount(), await constellation.createAccount()];
  const [edge] = urls();
  expect((await chat(edge!, known.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  const { process } = constellation.accounts[0]!;
  await process.kill();
  expect((await chat(edge!, known.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  const unseen = await chat(edge!, late.apiKey);
  expect([unseen.status, (await errorOf(unseen)).code]).toEqual([503, 'directory_stale']);
  await eventually('known keys are stale', async () => {
    const response = await chat(edge!, known.apiKey, { demo: { tokens: 1 } });
    return response.status === 503 && (await errorOf(response)).code === 'directory_stale';
  });
  await process.restart();
  await process.waitUntilReady();
  await eventually('all is well again', async () => (await chat(edge!, late.apiKey, { demo: { tokens: 1 } })).status === 200);
  await eventually('the operator reaches it again', () => constellation.operator.accounts.ListAccounts({ pageSize: 1 }));
}, 60_000);

test('the internal door serves an account without a key, to the account process alone', async () => {
  const account = await constellation.createAccount();
  const internal = (identity: 'account' | 'billing' | undefined, headers: Record<string, string>) =>
    new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
      const tls = identity === undefined ? {} : { cert: readTlsFolder(constellation.paths.certificates(identity)).certificate, key: readTlsFolder(constellation.paths.certificates(identity)).key };
      const { authority } = readTlsFolder(constellation.paths.certificates('edge'));
      const url = `${constellation.edges[0]!.internalUrl}/v1/chat/completions`;
      const request = httpsRequest(url, { method: 'POST', ca: authority, ...tls, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers }));
      });
      request.on('error', reject);
      request.end(JSON.stringify(chatBody({ demo: { tokens: 5 } })));
    });
  const served = await internal('account', { 'x-tacet-account': account.accountId });
  expect([served.status, served.headers['x-tacet-privacy']]).toEqual([200, 'standard']);
  const quiet = await internal('account', { 'x-tacet-account': account.accountId, 'x-tacet-no-log': 'true' });
  expect([quiet.status, quiet.headers['x-tacet-privacy'], quiet.headers['x-request-id']]).toEqual([200, 'no-log', undefined]);
  const rows = await finalsOf(constellation, account.accountIdBytes, 1);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.keyId.equals(Buffer.alloc(16)) || rows[0]!.keyId.length === 0).toBe(true);
  expect((await internal('account', { 'x-tacet-account': '00000000-0000-7000-8000-000000000000' })).status).toBe(401);
  expect((await internal('account', {})).status).toBe(400);
  expect((await internal('billing', { 'x-tacet-account': account.accountId })).status).toBe(403);
  await expect(internal(undefined, { 'x-tacet-account': account.accountId })).rejects.toThrow();
  // A key is none at the internal door, and an account none at the public one.
  expect((await fetch(`${urls()[0]}/v1/models`, { headers: { 'x-tacet-account': account.accountId } })).status).toBe(401);
});
