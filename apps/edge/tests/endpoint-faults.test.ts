/** Every endpoint under the faults of clients, workers and money: named after what must hold. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { finalsOf, untilNothingIsHeld } from './chat-client.ts';
import { residentBytesOf } from './edge-process.ts';

const model = 'demo-model';
const chatOnly = 'chat-only';
/** Its workers speak less than their kind does: no messages, ranks or scores. */
const thin = 'thin-model';
const user = [{ role: 'user', content: 'hello' }];

let constellation: Constellation;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    sessionMs: 60_000,
    models: [{ id: model }, { id: chatOnly }, { id: thin }],
    worker: [{ models: [model] }, { models: [chatOnly], kind: 'local', engine: 'llamacpp' }, { models: [thin], engine: 'openai' }],
    settings: { edge: { TACET_EDGE_FIRST_BYTE_MS: '1500' } },
  });
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

const bodies: Record<string, object> = {
  '/v1/chat/completions': { messages: user, max_tokens: 9_000 },
  '/v1/completions': { prompt: 'hello', max_tokens: 9_000 },
  '/v1/responses': { input: 'hello', max_output_tokens: 9_000 },
  '/v1/messages': { messages: user, max_tokens: 9_000 },
  '/v1/messages/count_tokens': { messages: user },
  '/v1/embeddings': { input: 'hello' },
  '/v1/rerank': { query: 'hello', documents: ['a'] },
  '/v1/score': { text_1: 'hello', text_2: 'a' },
};
const streaming = Object.keys(bodies).slice(0, 4);

const send = (apiKey: string, path: string, fields: object, of = model, as = path) =>
  fetch(edge + as, { method: 'POST', headers: { 'x-api-key': apiKey, 'content-type': 'application/json' }, body: JSON.stringify({ model: of, ...bodies[path], ...fields }) });

const receipts = async () => (await Promise.all(constellation.workers.map(async (worker) => (await worker.receipts()).receipts.length))).reduce((sum, count) => sum + count, 0);

test('every route that reaches a worker wants a key, with its prefix once, twice and not at all', async () => {
  const before = await receipts();
  for (const path of Object.keys(bodies)) {
    for (const as of [path, `/v1${path}`, path.slice(3)]) {
      const response = await send('tct_live_wrong', path, {}, model, as);
      expect([as, response.status]).toEqual([as, 401]);
    }
    expect((await fetch(edge + path)).status).toBe(405);
    expect((await fetch(`${edge}${path}/more`, { method: 'POST', body: '{}' })).status).toBe(404);
  }
  expect(await receipts()).toBe(before);
});

test('every route that reaches a worker leaves a record under its name', async () => {
  const account = await constellation.createAccount();
  for (const path of Object.keys(bodies)) expect([path, (await send(account.apiKey, path, { demo: { tokens: 2 } }, model, `/v1${path}`)).status]).toEqual([path, 200]);
  const rows = await finalsOf(constellation, account.accountIdBytes, Object.keys(bodies).length);
  expect(rows.map(({ route }) => route).sort()).toEqual(['chat_completions', 'completions', 'count_tokens', 'embeddings', 'messages', 'rerank', 'responses', 'score']);
});

test('a thousand clients that close right on the last frame leave a thousand records with every token, and no finished stream is filed as cancelled', async () => {
  const runs = 1_000;
  const account = await constellation.createAccount();
  const { hostname, port } = new URL(edge);
  const lasts: Record<string, RegExp> = {
    '/v1/chat/completions': /\[DONE\]/, '/v1/completions': /"finish_reason":"stop"/, '/v1/responses': /event: response\.completed/, '/v1/messages': /event: message_stop/,
  };
  const one = (path: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname);
      const body = JSON.stringify({ model, ...bodies[path], stream: true, demo: { tokens: 3 } });
      let received = '';
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        if (lasts[path]!.test(received)) socket.destroy();
      });
      socket.write(`POST ${path} HTTP/1.1\r\nhost: e\r\nx-api-key: ${account.apiKey}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
  for (let done = 0; done < runs; done += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => one(streaming[(done + i) % streaming.length]!)));
  const rows = await finalsOf(constellation, account.accountIdBytes, runs);
  expect(rows).toHaveLength(runs);
  expect(rows.filter(({ outputTokens }) => outputTokens !== '3')).toEqual([]);
  expect(rows.filter(({ route, status }) => route !== 'completions' && status !== 'ok')).toEqual([]);
}, 120_000);

test.each<[path: string, of: string, last: RegExp]>([
  ['/v1/chat/completions', model, /"finish_reason":"length"[^\n]*\n\ndata: \{"error":[^\n]*insufficient_balance[^\n]*\n\n$/],
  ['/v1/completions', model, /"finish_reason":"length"[^\n]*\n\ndata: \{"error":[^\n]*insufficient_balance[^\n]*\n\n$/],
  ['/v1/responses', model, /event: response\.failed\n[^\n]*insufficient_balance[^\n]*\n\n$/],
  ['/v1/messages', model, /content_block_stop[^]*"stop_reason":"max_tokens"[^]*event: error\n[^\n]*insufficient_balance[^\n]*\n\n$/],
  ['/v1/messages', chatOnly, /content_block_stop[^]*"stop_reason":"max_tokens"[^]*event: error\n[^\n]*insufficient_balance[^\n]*\n\n$/],
])('a stream of %s (%s) that is larger than the balance is cut with a clear finish, and the balance is not negative', async (path, of, last) => {
  const account = await constellation.createAccount({ creditUsd: '0.0005' });
  const text = await (await send(account.apiKey, path, { stream: true, demo: { tokens: 8_000 } }, of)).text();
  expect(text.slice(-1_500)).toMatch(last);
  expect(text).not.toContain('[DONE]');
  await finalsOf(constellation, account.accountIdBytes, 1);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
  const { postedNano } = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes });
  expect(Number(postedNano)).toBeGreaterThanOrEqual(0);
});

test('a time-out for the first byte never fires after streaming began', async () => {
  const account = await constellation.createAccount();
  const texts = await Promise.all(streaming.map(async (path) => (await send(account.apiKey, path, { stream: true, demo: { tokens: 12, tokensPerSecond: 3 } })).text()));
  for (const text of texts) expect(text).toMatch(/\[DONE\]|response\.completed|message_stop/);
}, 30_000);

test('what an engine does not speak is 404, however often, and takes no worker out', async () => {
  const account = await constellation.createAccount();
  for (let i = 0; i < 10; i++) {
    for (const path of ['/v1/rerank', '/v1/score', '/v1/messages']) {
      const response = await send(account.apiKey, path, {}, thin);
      expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([404, 'route_unsupported_by_model']);
    }
  }
  expect((await send(account.apiKey, '/v1/chat/completions', { demo: { tokens: 1 } }, thin)).status).toBe(200);
});

test('an endless stream does not grow the edge', async () => {
  const residentMebibytes = () => residentBytesOf(constellation) / 1024 ** 2;
  const account = await constellation.createAccount({ creditUsd: '10' });
  const before = residentMebibytes();
  for (const path of streaming) {
    const response = await send(account.apiKey, path, { stream: true, max_tokens: 30_000, max_output_tokens: 30_000, demo: { tokens: 20_000 } });
    for await (const chunk of response.body!) expect(chunk.length).toBeGreaterThan(0);
  }
  expect(residentMebibytes() - before).toBeLessThan(150);
}, 60_000);

test('while a worker is silent each API gets what keeps its clients waiting', async () => {
  const account = await constellation.createAccount();
  const demo = { tokens: 6, stallAfter: 3, stallMs: 17_000 };
  const texts = await Promise.all([...streaming.map((path) => [path, model] as const), ['/v1/messages', chatOnly] as const].map(async ([path, of]) => (await send(account.apiKey, path, { stream: true, demo }, of)).text()));
  const [chat, completion, response, message, translated] = texts;
  for (const text of [chat, completion]) {
    expect(text).toContain('\n\n: keepalive\ndata: ');
    expect(text).not.toMatch(/^(id:|event:|data:\s*$)/m);
  }
  expect(response).toContain('\n\nevent: keepalive\ndata: {"type":"keepalive"}\n\n');
  for (const text of [message, translated]) expect(text).toContain('\n\nevent: ping\ndata: {"type":"ping"}\n\n');
}, 45_000);
