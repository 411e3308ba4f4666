/** Every endpoint against the running edge: what passes, what is repaired, what is billed, and which errors are told how. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { finalsOf, RawClient, untilNothingIsHeld } from './chat-client.ts';

const model = 'demo-model';
const chatOnly = 'chat-only';
const salted = 'salted-model';

let constellation: Constellation;
let account: TestAccount;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'embedded',
    // Nothing here is about money that runs out: a busy machine must not stop it.
    sessionMs: 60_000,
    models: [{ id: model, mediaTokensMax: 1_000 }, { id: chatOnly, mediaTokensMax: 1_000 }, { id: salted }],
    worker: [{ models: [model] }, { models: [chatOnly], kind: 'local', engine: 'llamacpp' }, { models: [salted], kind: 'vllm' }],
    settings: { edge: { TACET_EDGE_SLOW_READER_MS: '1500' } },
  });
  account = await constellation.createAccount();
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

const send = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(edge + path, { method: 'POST', headers: { 'x-api-key': account.apiKey, 'content-type': 'application/json', ...headers }, body: JSON.stringify({ model, ...body }) });

const get = (path: string, headers: Record<string, string> = {}) => fetch(edge + path, { headers: { 'x-api-key': account.apiKey, ...headers } });

interface NamedEvent {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** Named events, in order; the name and the type inside must be the same. */
function eventsOf(text: string): NamedEvent[] {
  const events = text.split('\n\n').filter((event) => event.startsWith('event: ')).map((event) => {
    const [first = '', second = ''] = event.split('\n');
    return { name: first.slice(7), data: JSON.parse(second.slice(6)) as Record<string, unknown> };
  });
  for (const { name, data } of events) expect(data['type']).toBe(name);
  return events;
}

const namesOf = (events: readonly NamedEvent[]) => events.map(({ name }) => name).filter((name, i, all) => name !== all[i - 1]);

const lastRequest = async (of: string) => {
  const worker = constellation.workers.find(({ models }) => models.includes(of))!;
  const { path, body } = (await worker.requests()).at(-1)!;
  return { path, json: JSON.parse(body) as Record<string, unknown> };
};

/** A fresh account, so that its finals are those of one request. */
async function asFresh<T>(run: () => Promise<T>): Promise<{ result: T; row: Awaited<ReturnType<typeof finalsOf>>[number] }> {
  const before = account;
  account = await constellation.createAccount();
  try {
    const result = await run();
    const [row] = await finalsOf(constellation, account.accountIdBytes, 1).catch((error: unknown) => {
      throw new Error(`no final: ${JSON.stringify(result)}`, { cause: error });
    });
    return { result, row: row! };
  } finally {
    account = before;
  }
}

const user = [{ role: 'user', content: 'hello' }];

test.each<[path: string, body: object, route: string, usage: object]>([
  ['/v1/completions', { prompt: 'hello', demo: { tokens: 5 } }, 'completions', { prompt_tokens: 2, completion_tokens: 5, cost: expect.any(Number) }],
  ['/v1/completions', { prompt: ['hello', 'you'], n: 2, demo: { tokens: 5 } }, 'completions', { prompt_tokens: 3, completion_tokens: 20, cost: expect.any(Number) }],
  ['/v1/responses', { input: 'hello', demo: { tokens: 5 } }, 'responses', { input_tokens: 9, output_tokens: 5, cost: expect.any(Number) }],
  ['/v1/messages', { messages: user, max_tokens: 20, demo: { tokens: 5 } }, 'messages', { input_tokens: 9, output_tokens: 5, cost: expect.any(Number) }],
  ['/v1/embeddings', { input: ['one', 'two'] }, 'embeddings', { prompt_tokens: 2, total_tokens: 2, cost: expect.any(Number) }],
  ['/v1/rerank', { query: 'what', documents: ['one', 'two', 'three'] }, 'rerank', { total_tokens: expect.any(Number), cost: expect.any(Number) }],
  ['/v1/score', { text_1: 'what', text_2: ['one', 'two'] }, 'score', { prompt_tokens: expect.any(Number), cost: expect.any(Number) }],
])('%s %j is served whole, and metered under its name', async (path, body, route, usage) => {
  const { result, row } = await asFresh(async () => {
    const response = await send(path, body);
    return { status: response.status, json: (await response.json()) as { usage: Record<string, number> } };
  });
  expect(result).toMatchObject({ status: 200, json: { usage } });
  const told = result.json.usage;
  expect(row).toMatchObject({
    route, status: 'ok', usageSource: 'exact', modelId: model,
    inputTokens: String(told['prompt_tokens'] ?? told['input_tokens'] ?? told['total_tokens']),
    outputTokens: String(told['completion_tokens'] ?? told['output_tokens'] ?? 0),
    chargedNano: String(Math.round(told['cost']! * 1e9)),
  });
});

test('tokens are counted for nothing, but not for nobody', async () => {
  const { result, row } = await asFresh(async () => (await send('/v1/messages/count_tokens', { messages: user })).json());
  expect(result).toEqual({ input_tokens: 9 });
  expect(row).toMatchObject({ route: 'count_tokens', inputTokens: '0', chargedNano: '0' });
});

test('a completion streams with its usage hidden, repaired where the worker omits what clients need', async () => {
  const { result: text, row } = await asFresh(async () => (await send('/v1/completions', { prompt: 'hello', stream: true, demo: { tokens: 8, noEnvelope: true, noIndex: true } })).text());
  const chunks = text.split('\n\n').filter((event) => event.startsWith('data: {')).map((event) => JSON.parse(event.slice(6)) as Record<string, unknown>);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  for (const chunk of chunks) expect(chunk).toEqual({ id: expect.any(String), object: 'text_completion', created: expect.any(Number), model, choices: [expect.objectContaining({ index: 0, text: expect.any(String) })] });
  expect(row).toMatchObject({ route: 'completions', outputTokens: '8', inputTokens: '2', usageSource: 'exact' });
});

test('a response streams event by event, and the event that ends it tells usage and cost', async () => {
  const { result: text, row } = await asFresh(async () => (await send('/v1/responses', { input: 'hello', stream: true, store: true, demo: { tokens: 8 } })).text());
  const events = eventsOf(text);
  expect(namesOf(events)).toEqual(['response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added', 'response.output_text.delta', 'response.output_text.done', 'response.content_part.done', 'response.output_item.done', 'response.completed']);
  expect(events.at(-1)!.data).toMatchObject({ response: { usage: { input_tokens: 9, output_tokens: 8, cost: expect.any(Number) } } });
  expect(text).not.toContain('[DONE]');
  expect(row).toMatchObject({ route: 'responses', outputTokens: '8', inputTokens: '9', usageSource: 'exact' });
  expect((await lastRequest(model)).json['store']).toBe(false);
});

test.each([
  ['response.incomplete', { max_output_tokens: 4 }, { tokens: 30 }, 'ok', '4'],
  ['response.failed', {}, { tokens: 30, errorAfter: 6 }, 'failed', '6'],
])('every event that ends a response carries its usage to the ledger: %s', async (name, fields, demo, status, output) => {
  const { result: text, row } = await asFresh(async () => (await send('/v1/responses', { input: 'hello', stream: true, ...fields, demo })).text());
  expect(eventsOf(text).at(-1)!.name).toBe(name);
  expect(row).toMatchObject({ status, outputTokens: output, usageSource: 'exact' });
});

test('a message streams event by event, and the event before the last tells usage and cost', async () => {
  const { result: text, row } = await asFresh(async () => (await send('/v1/messages', { messages: user, max_tokens: 50, stream: true, demo: { tokens: 8, reasoning: 3 } })).text());
  const events = eventsOf(text);
  expect(namesOf(events)).toEqual([
    'message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop',
  ]);
  expect(events.at(-2)!.data).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 9, output_tokens: 8, cost: expect.any(Number) } });
  expect(row).toMatchObject({ route: 'messages', outputTokens: '8', inputTokens: '9', usageSource: 'exact' });
});

test.each([
  ['indexes', { noIndex: true }],
  ['an envelope', { noEnvelope: true, noRole: true }],
])('a worker’s messages without %s get them', async (_what, demo) => {
  const events = eventsOf(await (await send('/v1/messages', { messages: user, max_tokens: 50, stream: true, demo: { tokens: 6, reasoning: 2, ...demo } })).text());
  expect(events[0]!.data).toMatchObject({ message: { id: expect.any(String), type: 'message', role: 'assistant', model, content: [], usage: { input_tokens: 9 } } });
  expect(events.filter(({ name }) => name === 'content_block_start').map(({ data }) => data['index'])).toEqual([0, 1]);
  expect(events.every(({ name, data }) => !name.startsWith('content_block') || typeof data['index'] === 'number')).toBe(true);
});

/** What both ways of serving a message must say alike: a worker that speaks messages, and one that is asked for a chat completion. */
test.each<[what: string, body: object]>([
  ['text', { demo: { tokens: 6 } }],
  ['a thought before the text', { demo: { tokens: 6, reasoning: 3 } }],
  ['a tool call', { tools: [{ name: 'find', description: 'finds', input_schema: { type: 'object', properties: { q: { type: 'string' } } } }], tool_choice: { type: 'any' }, demo: { tokens: 12, tool: true } }],
  ['a limit', { max_tokens: 3, demo: { tokens: 40 } }],
])('a worker that speaks only chat completions serves messages with %s, whole and streamed', async (_what, fields) => {
  const body = { model: chatOnly, max_tokens: 50, system: 'be kind', messages: [...user, { role: 'assistant', content: 'hi' }, { role: 'user', content: [{ type: 'text', text: 'go on' }] }], ...fields };
  const native = (await (await send('/v1/messages', { ...body, model })).json()) as { content: object[]; stop_reason: string; usage: object };
  const { result: whole, row } = await asFresh(async () => (await send('/v1/messages', body)).json() as Promise<typeof native>);
  const shapeOf = (blocks: readonly object[]) => blocks.map((block) => Object.keys(block).sort().join());
  expect(whole).toMatchObject({ type: 'message', role: 'assistant', model: chatOnly, stop_reason: native.stop_reason, usage: { cost: expect.any(Number) } });
  expect(shapeOf(whole.content)).toEqual(shapeOf(native.content));
  expect(row).toMatchObject({ route: 'messages', status: 'ok', usageSource: 'exact' });
  expect(await lastRequest(chatOnly)).toMatchObject({ path: '/v1/chat/completions', json: { messages: [{ role: 'system', content: 'be kind' }, { role: 'user' }, { role: 'assistant', content: 'hi' }, { role: 'user', content: 'go on' }] } });

  const { result: text, row: streamed } = await asFresh(async () => (await send('/v1/messages', { ...body, stream: true })).text());
  const events = eventsOf(text);
  const nativeEvents = eventsOf(await (await send('/v1/messages', { ...body, model, stream: true })).text());
  expect(namesOf(events)).toEqual(namesOf(nativeEvents));
  expect(events.at(-2)!.data).toMatchObject({ delta: { stop_reason: native.stop_reason }, usage: { cost: expect.any(Number) } });
  expect([streamed.outputTokens, streamed.inputTokens, streamed.usageSource]).toEqual([row.outputTokens, row.inputTokens, 'exact']);
});

test('an image in a message reaches a worker that speaks chat completions as an image there', async () => {
  const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
  const response = await send('/v1/messages', { model: chatOnly, max_tokens: 5, metadata: { user_id: 'someone' }, messages: [{ role: 'user', content: [{ type: 'image', source }, { type: 'text', text: 'what?' }] }] });
  expect(response.status).toBe(200);
  const { json } = await lastRequest(chatOnly);
  expect(json['messages']).toEqual([{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }, { type: 'text', text: 'what?' }] }]);
  expect(JSON.stringify(json)).not.toContain('someone');
});

test('an engine that would lose the salt of a message is asked for a chat completion, and every other endpoint is salted', async () => {
  const asked: [path: string, body: object, at: string][] = [
    ['/v1/messages', { messages: user, max_tokens: 5 }, '/v1/chat/completions'],
    ['/v1/chat/completions', { messages: user }, '/v1/chat/completions'],
    ['/v1/completions', { prompt: 'hello' }, '/v1/completions'],
    ['/v1/responses', { input: 'hello' }, '/v1/responses'],
  ];
  for (const [path, body, at] of asked) {
    expect((await send(path, { model: salted, ...body })).status).toBe(200);
    expect(await lastRequest(salted)).toMatchObject({ path: at, json: { cache_salt: expect.stringMatching(/^[\w-]{43}$/) } });
  }
  expect(await (await get(`/v1/models/${salted}`)).json()).toMatchObject({ privacy: { prefix_isolation: true } });
});

test.each<[path: string, body: object]>([
  ['/v1/responses', { input: 'hello' }],
  ['/v1/embeddings', { input: 'hello' }],
  ['/v1/messages/count_tokens', { messages: user }],
])('%s is 404 route_unsupported_by_model where no worker of the model speaks it', async (path, body) => {
  const response = await send(path, { model: chatOnly, ...body });
  const { error } = (await response.json()) as { error: { code: string } };
  expect([response.status, error.code]).toEqual([404, 'route_unsupported_by_model']);
});

test.each<[path: string, body: object, code: string, param: string]>([
  ['/v1/responses', { input: 'x', previous_response_id: 'resp_1' }, 'unsupported_parameter', 'previous_response_id'],
  ['/v1/responses', { input: 'x', background: true }, 'unsupported_parameter', 'background'],
  ['/v1/responses', { input: 'x', conversation: 'conv_1' }, 'unsupported_parameter', 'conversation'],
  ['/v1/responses', { input: 'x', tools: [{ type: 'mcp', server_url: 'http://inside/' }] }, 'unsupported_parameter', 'tools'],
  ['/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'http://inside/' }] }] }, 'field_invalid', 'input'],
  ['/v1/responses', {}, 'field_invalid', 'input'],
  ['/v1/messages', { messages: user }, 'field_invalid', 'max_tokens'],
  ['/v1/messages', { messages: user, max_tokens: 5, mcp_servers: [{ type: 'url', url: 'http://inside/' }] }, 'unsupported_parameter', 'mcp_servers'],
  ['/v1/messages', { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'http://inside/' } }] }], max_tokens: 5 }, 'field_invalid', 'messages'],
  ['/v1/messages', { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: { type: 'url', url: 'http://inside/' } }] }] }], max_tokens: 5 }, 'field_invalid', 'messages'],
  ['/v1/messages', { messages: user, max_tokens: 5, cache_salt: 'x' }, 'field_not_allowed', 'cache_salt'],
  ['/v1/messages', { model: chatOnly, messages: user, max_tokens: 5, tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'field_invalid', 'tools'],
  ['/v1/completions', { prompt: 'x', n: 1000 }, 'field_invalid', 'n'],
  ['/v1/completions', { prompt: ['x', 'y'], n: 100 }, 'field_invalid', 'prompt'],
  ['/v1/completions', { prompt: [] }, 'field_invalid', 'prompt'],
  ['/v1/embeddings', { input: 'x', stream: true }, 'unsupported_parameter', 'stream'],
  ['/v1/embeddings', { input: [{ image: 'http://inside/' }] }, 'unsupported_parameter', 'input'],
  ['/v1/embeddings', { input: 'x', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://inside/' } }] }] }, 'unsupported_parameter', 'messages'],
  ['/v1/rerank', { query: 'x', documents: { content: [{ type: 'image_url', image_url: { url: 'http://inside/' } }] } }, 'unsupported_parameter', 'documents'],
  ['/v1/rerank', { query: 'x' }, 'field_invalid', 'documents'],
])('%s refuses %j', async (path, body, code, param) => {
  const response = await send(path, body);
  const { error } = (await response.json()) as { error: { code: string; param: string } };
  expect([response.status, error.code, error.param]).toEqual([400, code, param]);
});

test('errors of Anthropic’s endpoints have Anthropic’s body, before a stream and in it', async () => {
  const before = await send('/v1/messages', { model: 'nothing', messages: user, max_tokens: 5 });
  expect([before.status, await before.json()]).toEqual([404, { type: 'error', error: expect.objectContaining({ type: 'not_found_error', code: 'model_unknown' }), request_id: before.headers.get('request-id') }]);
  expect(before.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const unknown = await fetch(`${edge}/v1/messages`, { method: 'POST', headers: { 'x-api-key': 'sk-ant-x' }, body: '{}' });
  expect([unknown.status, await unknown.json()]).toEqual([401, { type: 'error', error: expect.objectContaining({ type: 'authentication_error' }), request_id: null }]);
  for (const served of [model, chatOnly]) {
    const response = await send('/v1/messages', { model: served, messages: user, max_tokens: 50, stream: true, demo: { tokens: 30, errorAfter: 4 } });
    expect(response.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const events = eventsOf(await response.text());
    expect(events.at(-1)!).toMatchObject({ name: 'error', data: { error: { type: 'api_error', code: 'worker_failed' } } });
    expect(events.map(({ name }) => name)).not.toContain('message_stop');
  }
});

test.each<[path: string, fields: object]>([
  ['/v1/completions', { prompt: 'hello', max_tokens: 400 }],
  ['/v1/responses', { input: 'hello', max_output_tokens: 400 }],
  ['/v1/messages', { messages: user, max_tokens: 400 }],
])('a client that leaves a stream of %s pays for what was received, and the worker stops', async (path, fields) => {
  const { row } = await asFresh(async () => {
    const controller = new AbortController();
    const tag = `leave-${path}`;
    const response = await fetch(edge + path, {
      method: 'POST', signal: controller.signal, headers: { 'x-api-key': account.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ model, ...fields, stream: true, demo: { tokens: 400, tokensPerSecond: 50, tag } }),
    });
    const reader = response.body!.getReader();
    let text = '';
    while (!/"text":"[^"]|output_text\.delta|content_block_delta/.test(text)) text += Buffer.from((await reader.read()).value ?? []).toString();
    controller.abort();
  });
  expect(row).toMatchObject({ status: 'aborted' });
  expect(Number(row.outputTokens)).toBeGreaterThan(0);
  expect(Number(row.outputTokens)).toBeLessThan(100);
});

test('on every route, who leaves in prefill or in the middle of a whole answer pays nothing, and leaves nothing running at the worker', async () => {
  const routes: [path: string, body: object][] = [['/v1/chat/completions', { messages: user }], ['/v1/completions', { prompt: 'hello' }], ['/v1/responses', { input: 'hello' }], ['/v1/messages', { messages: user, max_tokens: 9_000 }]];
  const before = account;
  for (const [stream, demo] of [[true, { firstTokenMs: 60_000 }], [false, { firstTokenMs: 60_000 }], [false, { tokens: 9_000, tokensPerSecond: 50 }]] as const) {
    account = await constellation.createAccount();
    for (const [path, body] of routes) {
      for (const of of path === '/v1/messages' ? [model, chatOnly] : [model]) {
        const tag = `leaves ${path} ${of} ${String(stream)} ${JSON.stringify(demo)}`;
        const worker = constellation.workers.find(({ models }) => models.includes(of))!;
        const controller = new AbortController();
        const request = fetch(edge + path, {
          method: 'POST', signal: controller.signal, headers: { 'x-api-key': account.apiKey, 'content-type': 'application/json' }, body: JSON.stringify({ model: of, ...body, stream, demo: { ...demo, tag } }),
        }).then((response) => response.text());
        await eventually('the worker has it', async () => (await worker.receipts(tag)).receipts[0]?.running);
        controller.abort();
        await expect(request).rejects.toThrow();
        await eventually('the worker was aborted', async () => (await worker.receipts(tag)).receipts[0]?.aborted);
      }
    }
    const rows = await finalsOf(constellation, account.accountIdBytes, routes.length + 1);
    expect(rows.filter(({ status, chargedNano, outputTokens }) => status !== 'aborted' || chargedNano !== '0' || outputTokens !== '0')).toEqual([]);
    await untilNothingIsHeld(constellation, account.accountIdBytes);
  }
  account = before;
  for (const worker of constellation.workers) expect((await worker.receipts()).running).toBe(0);
}, 60_000);

test('a whole answer that its client does not read is cut as well; one that is read slowly is not', async () => {
  const reader = await constellation.createAccount();
  const hex = (port: number | undefined) => (port ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const port = hex(Number(new URL(edge).port));
  // As the system sees them: a client that does not read does not hear that it was cut.
  const isOpen = (client: string) => readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/)).some(([, local, remote, state]) => local?.endsWith(`:${port}`) && remote?.endsWith(`:${client}`) && state === '01');
  const clients = Array.from({ length: 4 }, () => new RawClient(edge));
  for (const client of clients) {
    client.socket.pause();
    // More than the buffers of the system hold.
    client.send(reader.apiKey, { max_tokens: 6_000, demo: { tokens: 6_000, tokenBytes: 4_000, tag: 'unread' } });
  }
  await eventually('the worker has answered all', async () => (await constellation.workers[0]!.receipts('unread')).receipts.filter(({ finished }) => finished).length === clients.length, 20_000);
  const [slow, ...unread] = clients;
  const ports = unread.map(({ socket }) => hex(socket.localPort));
  // Whoever reads a little now and then goes on.
  const reading = setInterval(() => {
    slow!.socket.resume();
    setImmediate(() => slow!.socket.pause());
  }, 50);
  await eventually('the others are cut', () => !ports.some(isOpen), 20_000);
  clearInterval(reading);
  slow!.socket.resume();
  await eventually('it has its answer', () => slow!.received.includes('"usage"'), 20_000);
  for (const client of unread) {
    client.socket.resume();
    await eventually('it is closed', () => client.isClosed);
    expect(client.received).not.toContain('"usage"');
  }
  slow!.socket.destroy();
}, 90_000);

test('one model is described by its id, as OpenAI and as Anthropic do', async () => {
  expect(await (await get(`/v1/models/${model}`)).json()).toMatchObject({ id: model, object: 'model', owned_by: 'tacet' });
  expect(await (await get(`/v1/models/${model}`, { 'anthropic-version': '2023-06-01' })).json()).toMatchObject({ type: 'model', id: model, display_name: model, created_at: expect.stringMatching(/Z$/) });
  expect(await (await get('/v1/models', { 'anthropic-version': '2023-06-01' })).json()).toMatchObject({ data: [{ type: 'model' }, { type: 'model' }, { type: 'model' }], has_more: false, first_id: expect.any(String), last_id: expect.any(String) });
  const missing = await get('/v1/models/nothing%2Fat-all');
  expect([missing.status, ((await missing.json()) as { error: { code: string } }).error.code]).toEqual([404, 'model_unknown']);
});

test('a key tells its limits and spend, an account its credit, a request its counts and cost, each to its owner alone', async () => {
  const before = account;
  account = await constellation.createAccount({ creditUsd: '5', limits: { spendTotalNano: '2000000000' } });
  const owner = account;
  const answer = await send('/v1/chat/completions', { messages: user, demo: { tokens: 5 } });
  const { usage } = (await answer.json()) as { usage: { cost: number } };
  expect([answer.status, usage]).toEqual([200, expect.objectContaining({ cost: expect.any(Number) })]);
  const id = answer.headers.get('x-request-id')!;
  await finalsOf(constellation, owner.accountIdBytes, 1);
  expect(await (await get('/v1/generation?id=' + id)).json()).toMatchObject({ data: { id, model, endpoint: 'chat_completions', status: 'ok', is_final: true, total_cost: usage.cost, tokens_prompt: 9, tokens_completion: 5 } });
  expect(await (await get('/v1/credits')).json()).toMatchObject({ data: { total_credits: 5, total_usage: usage.cost } });
  expect(await (await get('/v1/key')).json()).toMatchObject({ data: { usage: usage.cost, usage_daily: usage.cost, usage_monthly: usage.cost, limit: 2, limit_remaining: 2 - usage.cost, privacy: 'standard', models: null } });
  account = before;
  for (const foreign of [id, '0198c2a0-0000-7000-8000-000000000000', 'nothing']) {
    const response = await get('/v1/generation?id=' + foreign);
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([404, 'not_found']);
  }
  expect((await get('/v1/generation')).status).toBe(400);
  expect((await fetch(`${edge}/v1/credits`)).status).toBe(401);
  const quiet = await constellation.createAccount({ noLog: true });
  expect((await fetch(`${edge}/v1/generation?id=${id}`, { headers: { 'x-api-key': quiet.apiKey } })).status).toBe(404);
}, 60_000);
