/**
 * Nothing of a prompt or an answer is where it could stay. Method: every endpoint, along every way that a request can take
 * through an edge, says a marker and has it echoed by the worker, in errors too; then all that the processes wrote is searched
 * for it: logs, spool, database and every other file of the deployment, and the page of metrics. `tools/prove` does the same
 * on a whole deployment, in other encodings.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { RawClient } from './chat-client.ts';
import { metricsOf } from './edge-process.ts';

const canary = 'CANARY-c0ffee-prompt';
const model = 'demo-model';
/** Its workers speak chat completions alone: messages are translated. */
const chatOnly = 'chat-only';
const bodyBytesMax = 100_000;

let constellation: Constellation;
let edge: string;
/** A normal and a no-log account, each with a second key that may ask once a minute. */
let callers: { readonly account: TestAccount; readonly rareKey: string }[];

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    sessionMs: 60_000,
    models: [{ id: model }, { id: chatOnly }],
    worker: [{ models: [model] }, { models: [model] }, { models: [chatOnly], kind: 'local', engine: 'llamacpp' }, { models: [chatOnly], kind: 'local', engine: 'llamacpp' }],
    settings: { edge: { TACET_EDGE_FIRST_BYTE_MS: '1000', TACET_EDGE_BODY_BYTES_MAX: String(bodyBytesMax), TACET_LOG_LEVEL: 'debug' } },
  });
  edge = constellation.edges[0]!.url;
  callers = [];
  for (const noLog of [false, true]) {
    const account = await constellation.createAccount({ noLog });
    const { plaintextKey } = await constellation.operator.accounts.CreateKey({ accountId: account.accountIdBytes, name: 'rare', noLog, models: [], limits: { requestsPerMinute: 1 } });
    callers.push({ account, rareKey: plaintextKey });
  }
}, 120_000);
afterAll(() => constellation.stop());

const said = [{ role: 'user', content: canary }];
const generating: readonly (readonly [path: string, of: string, body: object])[] = [
  ['/v1/chat/completions', model, { messages: said }],
  ['/v1/completions', model, { prompt: canary }],
  ['/v1/responses', model, { input: canary }],
  ['/v1/messages', model, { messages: said, max_tokens: 500, system: canary }],
  ['/v1/messages', chatOnly, { messages: said, max_tokens: 500, system: canary }],
];
const reading: typeof generating = [
  ['/v1/embeddings', model, { input: canary }],
  ['/v1/rerank', model, { query: canary, documents: [canary] }],
  ['/v1/score', model, { text_1: canary, text_2: canary }],
  ['/v1/messages/count_tokens', model, { messages: said }],
];
const everywhere = { user: canary, metadata: { user_id: canary }, future_field: canary };

async function post(apiKey: string, path: string, body: string | object, signal?: AbortSignal): Promise<number> {
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', 'user-agent': canary, 'x-custom': canary };
  try {
    const response = await fetch(edge + path, { method: 'POST', headers, signal: signal ?? null, body: typeof body === 'string' ? body : JSON.stringify({ ...everywhere, ...body }) });
    await response.text();
    return response.status;
  } catch {
    // It was given up by its own signal.
    return 0;
  }
}

/** A worker that failed often is left alone for a while. */
function untilAskedAgain(apiKey: string, of: string): Promise<boolean> {
  return eventually('workers are asked again', async () => (await post(apiKey, '/v1/chat/completions', { model: of, messages: said, demo: { tokens: 1 } })) === 200, 20_000);
}

/** Every way that a request of one endpoint can take; returns the statuses. */
async function takeAllWays(apiKey: string, rareKey: string, [path, of, body]: (typeof generating)[number], streams: boolean): Promise<number[]> {
  const say = (fields: object, signal?: AbortSignal) => post(apiKey, path, { model: of, ...body, ...fields }, signal);
  const statuses = [await say({ demo: { echo: true } }), await post(apiKey, path, `{"model":"${of}","${canary}":"${canary}`), await say({ model: canary }), await say({ pad: canary.repeat(bodyBytesMax / 10) })];
  await post(rareKey, path, { model: of, ...body });
  statuses.push(await post(rareKey, path, { model: of, ...body }));
  statuses.push(await say({ demo: { status: 400, echo: true } }), await say({ demo: { status: 500, echo: true } }), await say({ demo: { status: 503, echo: true } }));
  if (streams) {
    statuses.push(await say({ stream: true, demo: { echo: true } }), await say({ stream: true, demo: { echo: true, errorAfter: 2 } }), await say({ stream: true, demo: { echo: true, malformedAfter: 2 } }));
    statuses.push(await say({ stream: true, demo: { echo: true, abortAfter: 0 } }), await say({ stream: true, demo: { echo: true, abortAfter: 2 } }));
    statuses.push(await say({ stream: true, demo: { tokens: 500, tokensPerSecond: 100 } }, AbortSignal.timeout(150)));
    await untilAskedAgain(apiKey, of);
    statuses.push(await say({ demo: { firstTokenMs: 60_000 } }));
  }
  return statuses;
}

/** All files below a folder that hold the marker. */
function filesWithCanary(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => {
      try {
        return readFileSync(file).includes(canary);
      } catch {
        // A running database takes files away.
        return false;
      }
    });
}

test('on success, 400, 404, 413, 429, 5xx, time-out, abort, retry, malformed JSON and a crash, no endpoint leaves a word of a prompt or an answer', async () => {
  const seen = new Set<number>();
  for (const { account, rareKey } of callers) {
    for (const endpoint of [...generating, ...reading]) {
      for (const status of await takeAllWays(account.apiKey, rareKey, endpoint, generating.includes(endpoint))) seen.add(status);
      await untilAskedAgain(account.apiKey, endpoint[1]);
    }
  }
  for (const status of [200, 400, 404, 413, 429, 502, 504]) expect(seen).toContain(status);
  const clients = callers.map(({ account }) => {
    const client = new RawClient(edge);
    client.send(account.apiKey, { messages: said, stream: true, demo: { echo: true, tokens: 10_000, tokensPerSecond: 50 } });
    return client;
  });
  for (const client of clients) await client.until('the stream runs', (received) => received.includes('data: '));
  await constellation.edges[0]!.process.kill();
  await constellation.edges[0]!.process.restart();
  await constellation.edges[0]!.process.waitUntilReady();

  expect(await metricsOf(constellation)).not.toContain(canary);
  const { folder } = constellation.paths;
  const planted = join(folder, 'planted');
  writeFileSync(planted, `before ${canary} after`);
  // What was planted is found, so that what is not found is not there.
  expect(filesWithCanary(folder)).toEqual([planted]);
}, 180_000);
