/** What clients and workers see: errors, headers, fields. Real processes, demo workers of several kinds that record what they get. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { chat, chatBody, errorOf, eventsOf, post } from './chat-client.ts';
import { metricsOf } from './edge-process.ts';

const canary = 'CANARY-7f3a9c';
const kinds = ['demo', 'vllm', 'sglang', 'llamacpp', 'litellm', 'openai'] as const;

let constellation: Constellation;
let account: TestAccount;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    models: kinds.map((kind) => ({ id: kind === 'demo' ? 'demo-model' : `${kind}-model` })),
    worker: kinds.map((kind) => ({ kind, models: [kind === 'demo' ? 'demo-model' : `${kind}-model`], ...(kind === 'demo' ? { pool: { forwardHeaders: ['x-passed'], refuseFields: ['Best_Of'] } } : {}) })),
    settings: { edge: { TACET_EDGE_BODY_BYTES_MAX: '1048576' } },
  });
  account = await constellation.createAccount({ limits: { requestsPerMinute: 100_000 } });
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

/** What the worker of a model saw of the newest request. */
async function seenBy(model: string) {
  const worker = constellation.workers.find(({ models }) => models.includes(model))!;
  const seen = (await worker.requests()).findLast(({ path }) => path === '/v1/chat/completions')!;
  return { headers: Object.fromEntries(pairsOf(seen.headers)), body: seen.body, json: JSON.parse(seen.body) as Record<string, unknown> };
}

function pairsOf(headers: unknown): [string, string][] {
  if (!Array.isArray(headers)) return Object.entries(headers as Record<string, string>);
  if (Array.isArray(headers[0])) return headers as [string, string][];
  return (headers as string[]).flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), (headers as string[])[i + 1]!] as [string, string]] : []));
}

test.each<[name: string, body: string, code: string, param: string | null]>([
  ['no JSON', `{"model":"demo-model","messages":[{"content":"${canary}"`, 'invalid_json', null],
  ['an array', `["${canary}"]`, 'invalid_json', null],
  ['a control character in a string', `{"model":"demo-model","messages":[{"content":"${canary}\n"}]}`, 'invalid_json', null],
  ['an empty body', '', 'invalid_json', null],
  ['no model', `{"messages":[{"content":"${canary}"}]}`, 'field_invalid', 'model'],
  ['a model of the wrong type', '{"model":5,"messages":[{}]}', 'field_invalid', 'model'],
  ['an endless model', JSON.stringify({ model: canary.repeat(100), messages: [{}] }), 'field_invalid', 'model'],
  ['an unknown model', JSON.stringify({ model: canary, messages: [{}] }), 'model_unknown', 'model'],
  ['no messages', '{"model":"demo-model"}', 'field_invalid', 'messages'],
  ['messages of the wrong type', `{"model":"demo-model","messages":"${canary}"}`, 'field_invalid', 'messages'],
  ['empty messages', '{"model":"demo-model","messages":[]}', 'field_invalid', 'messages'],
  ['stream of the wrong type', JSON.stringify(chatBody({ stream: canary })), 'field_invalid', 'stream'],
  ['stream_options of the wrong type', JSON.stringify(chatBody({ stream: true, stream_options: canary })), 'field_invalid', 'stream_options'],
  ['a negative limit', JSON.stringify(chatBody({ max_tokens: -1 })), 'field_invalid', 'max_tokens'],
  ['a fractional limit', JSON.stringify(chatBody({ max_completion_tokens: 1.5 })), 'field_invalid', 'max_completion_tokens'],
  ['too many choices', JSON.stringify(chatBody({ n: 1000 })), 'field_invalid', 'n'],
  ['a model twice', `{"model":"demo-model","messages":[{}],"model":"${canary}"}`, 'ambiguous_field', 'model'],
  ['an escaped model', `{"model":"demo-model","messages":[{}],"mod\\u0065l":"${canary}"}`, 'ambiguous_field', 'model'],
  ['a model in capitals', `{"model":"demo-model","messages":[{}],"Model":"${canary}"}`, 'ambiguous_field', 'model'],
  ['a cache salt', JSON.stringify(chatBody({ cache_salt: canary })), 'field_not_allowed', 'cache_salt'],
  ['a priority', JSON.stringify(chatBody({ priority: 1 })), 'field_not_allowed', 'priority'],
  ['a bootstrap host', JSON.stringify(chatBody({ bootstrap_host: canary })), 'field_not_allowed', 'bootstrap_host'],
  ['what the pool refuses', JSON.stringify(chatBody({ best_of: 2 })), 'field_not_allowed', 'best_of'],
  ['what llama.cpp takes over max_tokens', JSON.stringify(chatBody({ model: 'llamacpp-model', n_predict: 99_999 })), 'field_not_allowed', 'n_predict'],
  ['a remote image', JSON.stringify(chatBody({ messages: [{ content: [{ type: 'image_url', image_url: { url: `http://${canary}/` } }] }] })), 'field_invalid', 'messages'],
])('%s is refused by name and never quoted', async (_name, body, code, param) => {
  const response = await post(edge, account.apiKey, body);
  const text = await response.text();
  expect(text).not.toContain(canary);
  expect(JSON.parse(text)).toMatchObject({ error: { code, param }, status: response.status });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
});

/** A good body of every path that reaches a worker. */
const bodies: Readonly<Record<string, object>> = {
  '/v1/chat/completions': { messages: [{ role: 'user', content: 'hi' }] },
  '/v1/completions': { prompt: 'hi' },
  '/v1/responses': { input: 'hi' },
  '/v1/messages': { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 },
  '/v1/messages/count_tokens': { messages: [{ role: 'user', content: 'hi' }] },
  '/v1/embeddings': { input: 'hi' },
  '/v1/rerank': { query: 'hi', documents: ['a'] },
  '/v1/score': { text_1: 'hi', text_2: 'a' },
};
const send = (path: string, fields: object) =>
  fetch(edge + path, { method: 'POST', headers: { 'x-api-key': account.apiKey, 'content-type': 'application/json' }, body: JSON.stringify({ model: 'demo-model', ...bodies[path], ...fields }) });

test.each([
  'cache_salt', 'extra_key', 'priority', 'request_id', 'rid', 'kv_transfer_params', 'chat_template', 'mm_processor_kwargs', 'logits_processors', 'lora_path', 'session_params',
  'bootstrap_host', 'bootstrap_room', 'data_parallel_rank', 'return_hidden_states',
])('%s controls the engine: no endpoint takes it, in whatever spelling', async (name) => {
  for (const path of Object.keys(bodies)) {
    const response = await send(path, { [name]: canary });
    expect([path, response.status, await response.text()]).toEqual([path, 400, expect.stringContaining(`"code":"field_not_allowed"`)]);
    expect([path, (await send(path, { [name.toUpperCase()]: canary })).status]).toEqual([path, 400]);
  }
});

test('what identifies a person reaches no worker, from no endpoint', async () => {
  const identifying = { user: canary, safety_identifier: canary, metadata: { user_id: canary }, prompt_cache_key: canary, store: true };
  for (const path of Object.keys(bodies)) {
    expect([path, (await send(path, identifying)).status]).toEqual([path, 200]);
    const seen = (await constellation.workers[0]!.requests()).at(-1)!;
    expect([seen.path, seen.body.includes(canary)]).toEqual([path, false]);
    expect((JSON.parse(seen.body) as { store?: boolean }).store).toBe(path === '/v1/responses' ? false : undefined);
  }
});

test('nothing of refused bodies is in the logs of any process', () => {
  for (const { logFile } of constellation.processes) expect(readFileSync(logFile, 'utf8')).not.toContain(canary);
});

test('an answer comes with its cost, its id and its privacy, and with no header of the worker', async () => {
  const response = await chat(edge, account.apiKey, { demo: { tokens: 5 } });
  const body = (await response.json()) as { usage: Record<string, number> };
  // 9 prompt tokens at $0.10 and 5 output tokens at $0.20 a million.
  expect(body.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 5, cost: 0.0000019 });
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers.get('x-tacet-privacy')).toBe('standard');
  expect(response.headers.get('x-ratelimit-limit-requests')).toBe('100000');
  expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/);
  // The usual load balancer closes after 60 to 75 s: it must be the one that does.
  expect(Number(/timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(75);
  expect([...response.headers.keys()].filter((name) => !/^(connection|keep-alive|date|content-|x-|openai-processing-ms)/.test(name))).toEqual([]);
});

test('unknown fields pass byte for byte, identifying ones do not, whatever their order and spacing', async () => {
  const unknown = '"future" : { "a":1.0,\n "b" : [1e2, "\\u00e9"] }';
  const body = `{ "user":"u", ${unknown} ,"model":"demo-model","metadata":{"x":1},"messages":[ {"role":"user","content":"hi"} ],"store":true,"demo":{"tokens":1},"safety_identifier":"s","prompt_cache_key":"p"}`;
  expect((await post(edge, account.apiKey, body)).status).toBe(200);
  const seen = await seenBy('demo-model');
  expect(seen.body).toContain(unknown);
  expect(seen.body).toContain('"messages":[ {"role":"user","content":"hi"} ]');
  expect(Object.keys(seen.json).sort()).toEqual(['demo', 'future', 'max_tokens', 'messages', 'model']);
});

test('a header passes only if it is on a list, and the key never', async () => {
  await chat(edge, account.apiKey, { demo: { tokens: 1 } }, { 'x-random': canary, 'x-passed': 'yes', 'anthropic-beta': 'tools', 'x-api-key': canary, cookie: canary, 'user-agent': canary, 'x-forwarded-for': canary, 'openai-organization': canary });
  const { headers } = await seenBy('demo-model');
  expect(JSON.stringify(headers)).not.toContain(canary);
  expect(JSON.stringify(headers)).not.toContain('tct_live');
  expect(headers).toMatchObject({ 'x-passed': 'yes', 'anthropic-beta': 'tools', 'content-type': 'application/json' });
});

test('engines that can keep tenants apart are told to', async () => {
  const other = await constellation.createAccount();
  for (const model of ['vllm-model', 'sglang-model']) {
    const salts = [];
    for (const { apiKey } of [account, other, account]) {
      await chat(edge, apiKey, { model, demo: { tokens: 1 } });
      salts.push((await seenBy(model)).json['cache_salt']);
    }
    expect(salts[0]).toMatch(/^[\w-]{43}$/);
    expect(salts[2]).toBe(salts[0]);
    expect(salts[1]).not.toBe(salts[0]);
  }
  await chat(edge, account.apiKey, { model: 'llamacpp-model', cache_prompt: true, demo: { tokens: 1 } }).then((response) => response.text());
  const refused = await chat(edge, account.apiKey, { model: 'llamacpp-model', demo: { tokens: 1 } });
  expect(refused.status).toBe(200);
  expect((await seenBy('llamacpp-model')).json['cache_prompt']).toBe(false);
});

test('LiteLLM is told not to log, in the one form that it honours', async () => {
  const quiet = await constellation.createAccount({ noLog: true });
  await chat(edge, quiet.apiKey, { model: 'litellm-model', demo: { tokens: 1 } });
  const noLog = await seenBy('litellm-model');
  expect(noLog.json['no-log']).toBe(true);
  expect(noLog.headers).toMatchObject({ 'x-litellm-enable-message-redaction': 'true' });
  await chat(edge, account.apiKey, { model: 'litellm-model', demo: { tokens: 1 } });
  expect((await seenBy('litellm-model')).json).not.toHaveProperty('no-log');
  // Its own switches are not for clients: neither headers nor fields that send a prompt elsewhere.
  await chat(edge, account.apiKey, { model: 'litellm-model', demo: { tokens: 1 } }, { 'x-litellm-enable-message-redaction': 'false', 'litellm-no-log': 'false', 'x-litellm-tags': canary });
  const { headers } = await seenBy('litellm-model');
  expect(headers).toMatchObject({ 'x-litellm-enable-message-redaction': 'true' });
  expect(Object.keys(headers).filter((name) => name.includes('litellm'))).toEqual(['x-litellm-enable-message-redaction']);
  for (const field of ['api_base', 'fallbacks', 'callbacks', 'mock_response', 'litellm_metadata']) {
    const refused = await chat(edge, account.apiKey, { model: 'litellm-model', [field]: 'x' });
    expect([refused.status, await errorOf(refused)]).toEqual([400, expect.objectContaining({ code: 'field_not_allowed', param: field })]);
  }
});

test('usage is asked of every engine in its way, and shown only to who asked', async () => {
  const asked: Record<string, unknown> = {};
  for (const kind of ['vllm', 'llamacpp']) {
    const response = await chat(edge, account.apiKey, { model: `${kind}-model`, stream: true, stream_options: { include_usage: false, other: 1 }, demo: { tokens: 4 } });
    const events = eventsOf(await response.text());
    expect(events.filter((event) => 'usage' in event)).toEqual([]);
    expect(events.at(-1)).toEqual({ done: true });
    asked[kind] = (await seenBy(`${kind}-model`)).json['stream_options'];
  }
  expect(asked).toEqual({ vllm: { include_usage: true, continuous_usage_stats: true }, llamacpp: { include_usage: true } });
  const shown = eventsOf(await (await chat(edge, account.apiKey, { model: 'vllm-model', stream: true, stream_options: { include_usage: true }, demo: { tokens: 4 } })).text());
  const usages = shown.filter((event) => 'choices' in event).map((event) => event['usage'] as unknown);
  expect(usages.slice(0, -1).every((usage) => usage === null)).toBe(true);
  expect(usages.at(-1)).toMatchObject({ prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, cost: expect.any(Number) });
});

test('a whole answer has its limit told: the smaller of two, or the default; a stream stays as asked', async () => {
  const limits = async (fields: object) => {
    await (await chat(edge, account.apiKey, { demo: { tokens: 1 }, ...fields })).text();
    const { json } = await seenBy((fields as { model?: string }).model ?? 'demo-model');
    return [json['max_tokens'], json['max_completion_tokens']];
  };
  expect(await limits({ max_tokens: 50, max_completion_tokens: 20 })).toEqual([20, 20]);
  expect(await limits({ max_completion_tokens: 20 })).toEqual([undefined, 20]);
  expect(await limits({})).toEqual([1024, undefined]);
  expect(await limits({ model: 'openai-model' })).toEqual([undefined, 1024]);
  expect(await limits({ stream: true, max_tokens: 32_000 })).toEqual([32_000, undefined]);
  expect(await limits({ stream: true })).toEqual([undefined, undefined]);
  expect(await limits({ stream: true, max_tokens: 5, max_completion_tokens: 9 })).toEqual([5, 5]);
});

test('a key is taken from both headers; none, a wrong and an invented one are told apart from an unknown one', async () => {
  const with_ = (headers: Record<string, string>) => fetch(`${edge}/v1/models`, { headers });
  expect((await with_({ 'x-api-key': account.apiKey })).status).toBe(200);
  expect((await with_({ authorization: `bearer ${account.apiKey}` })).status).toBe(200);
  for (const headers of [{}, { authorization: `Bearer ${account.apiKey.slice(0, -1)}_` }, { authorization: 'Basic abc' }, { 'x-api-key': 'sk-123' }] as Record<string, string>[]) {
    const response = await with_(headers);
    expect([response.status, (await errorOf(response)).code, response.headers.get('www-authenticate')]).toEqual([401, 'key_malformed', 'Bearer']);
  }
});

test('models are listed with limits, prices and how far prompt caches are kept apart, for the key that asks', async () => {
  const limited = await constellation.createAccount({ models: ['vllm-model', 'nothing'] });
  const list = async (apiKey: string) => ((await (await fetch(`${edge}/v1/models`, { headers: { 'x-api-key': apiKey } })).json()) as { data: Record<string, unknown>[] }).data;
  expect((await list(account.apiKey)).map(({ id }) => String(id)).sort()).toEqual(['demo-model', 'litellm-model', 'llamacpp-model', 'openai-model', 'sglang-model', 'vllm-model']);
  expect(await list(limited.apiKey)).toEqual([
    { id: 'vllm-model', object: 'model', created: expect.any(Number), owned_by: 'tacet', context_length: 32_768, pricing: { prompt: '0.0000001', cached_prompt: '0.00000005', completion: '0.0000002' }, privacy: { prefix_isolation: true } },
  ]);
  const refused = await chat(edge, limited.apiKey);
  expect([refused.status, await errorOf(refused)]).toEqual([403, expect.objectContaining({ code: 'model_not_allowed', param: 'model', metadata: { models: ['vllm-model'] } })]);
});

test.each(['/v1/v1/chat/completions', '/chat/completions', '/v1/chat/completions?x=1'])('%s is the same route, and never by a redirect', async (path) => {
  const response = await fetch(edge + path, { method: 'POST', redirect: 'manual', headers: { 'x-api-key': account.apiKey, 'content-type': 'application/json' }, body: JSON.stringify(chatBody({ demo: { tokens: 1 } })) });
  expect(response.status).toBe(200);
});

test.each<[method: string, path: string, status: number, code: string]>([
  ['GET', '/v1/nothing', 404, 'route_unknown'],
  ['POST', '/v1/completions/x', 404, 'route_unknown'],
  ['GET', '/', 404, 'route_unknown'],
  ['GET', '/v1/chat/completions', 405, 'method_not_allowed'],
  ['DELETE', '/v1/models', 405, 'method_not_allowed'],
  ['GET', '/metrics', 404, 'route_unknown'],
])('%s %s is %d %s', async (method, path, status, code) => {
  const response = await fetch(edge + path, { method });
  expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
});

test('bodies may be compressed; what they become has the same limit', async () => {
  const body = JSON.stringify(chatBody({ demo: { tokens: 1 } }));
  for (const [encoding, bytes] of [['gzip', gzipSync(body)], ['br', brotliCompressSync(body)], ['zstd', zstdCompressSync(body)]] as const) {
    expect((await post(edge, account.apiKey, new Uint8Array(bytes), { 'content-encoding': encoding })).status).toBe(200);
  }
  const bomb = await post(edge, account.apiKey, new Uint8Array(gzipSync(Buffer.alloc(20_000_000, 0x20))), { 'content-encoding': 'gzip' });
  expect([bomb.status, (await errorOf(bomb)).code]).toEqual([413, 'body_too_large']);
  const broken = await post(edge, account.apiKey, body, { 'content-encoding': 'gzip' });
  expect([broken.status, (await errorOf(broken)).code]).toEqual([400, 'bad_request']);
  const unknown = await post(edge, account.apiKey, body, { 'content-encoding': 'compress' });
  expect([unknown.status, (await errorOf(unknown)).code]).toEqual([415, 'encoding_unsupported']);
  expect((await post(edge, account.apiKey, body, { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await seenBy('demo-model')).headers).not.toHaveProperty('content-encoding');
});

test('a body over the limit is 413 in the envelope, whether its length is told or not', async () => {
  const large = JSON.stringify(chatBody({ messages: [{ role: 'user', content: 'x'.repeat(3_000_000) }] }));
  const told = await post(edge, account.apiKey, large);
  expect([told.status, await errorOf(told)]).toEqual([413, expect.objectContaining({ code: 'body_too_large', metadata: { bytes_max: 1_048_576 } })]);
  const stream = new Blob([large]).stream();
  const untold = await fetch(`${edge}/v1/chat/completions`, { method: 'POST', headers: { 'x-api-key': account.apiKey }, body: stream, duplex: 'half' });
  expect(untold.status).toBe(413);
});

test('a client that waits for 100 Continue hears 413 before it sends anything', async () => {
  const { hostname, port } = new URL(edge);
  const socket = connect(Number(port), hostname);
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: e\r\nx-api-key: ${account.apiKey}\r\nexpect: 100-continue\r\ncontent-length: 9999999\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test.each([
  ['GARBAGE\r\n\r\n', 400, 'bad_request'],
  [`GET /v1/models HTTP/1.1\r\nhost: e\r\nx-large: ${'x'.repeat(40_000)}\r\n\r\n`, 431, 'headers_too_large'],
])('what is no HTTP request gets the envelope too', async (bytes, status, code) => {
  const { hostname, port } = new URL(edge);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain(`"code":"${code}"`);
});

test('a worker’s error body does not pass; what is recognised in it is said anew', async () => {
  const refused = await chat(edge, account.apiKey, { messages: [{ role: 'user', content: canary }], demo: { status: 400, echo: true } });
  const text = await refused.text();
  expect([refused.status, text.includes(canary)]).toEqual([400, false]);
  const long = await chat(edge, account.apiKey, { demo: { promptTokens: 200_000 } });
  expect([long.status, (await errorOf(long)).message]).toEqual([400, expect.stringMatching(/context of \d+ tokens/)]);
});

test('metrics have no label from a user, and more users, keys and requests add no series', async () => {
  const page = () => metricsOf(constellation);
  const series = async () => (await page()).split('\n').filter((line) => line !== '' && !/^(#|nodejs_active_)/.test(line)).map((line) => line.split(' ')[0] ?? '').sort();
  const ask = (apiKey: string, name: string) => chat(edge, apiKey, { demo: { tokens: 1 }, user: `${canary}-${name}`, messages: [{ role: 'user', content: `${canary} ${name}` }] }).then((response) => response.text());
  await ask(account.apiKey, 'first');
  const before = await series();
  const others = [];
  for (let i = 0; i < 6; i++) others.push(await constellation.createAccount());
  for (let i = 0; i < 20; i++) await Promise.all(others.map(({ apiKey }, j) => ask(apiKey, `${i}-${j}`)));
  expect(await series()).toEqual(before);
  const text = await page();
  for (const { keyId, accountId, publicId } of [account, ...others]) for (const name of [keyId, accountId, publicId]) expect(text).not.toContain(name);
  expect(text).not.toContain(canary);
});
