import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startDemoWorker, type DemoWorker } from '../src/index.ts';
import { body, post, stream, textOf } from './ask.ts';

/** What is at a path of something that came as JSON: `at(event, 'response.usage.input_tokens')`. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, field) => (inner as Record<string, unknown> | null | undefined)?.[field], value);
}

/** The texts at a path of all events, put together. */
function joined(events: readonly unknown[], path: string): string {
  return events.map((event) => at(event, path)).filter((text) => typeof text === 'string').join('');
}

let worker: DemoWorker;
beforeAll(async () => {
  worker = await startDemoWorker({ record: true });
});
beforeEach(() => worker.reset());
afterAll(() => worker.stop());

const tools = [{ name: 'weather', input_schema: {} }];

async function ask(path: string, fields: object, demo: Record<string, unknown> = {}): Promise<unknown> {
  return (await post(worker.url, body({ ...fields }, demo), path)).json();
}

async function events(path: string, fields: object, demo: Record<string, unknown> = {}): Promise<unknown[]> {
  const { data, raw } = await stream(worker.url, { ...fields }, demo, path);
  const parsed = data.map((event) => JSON.parse(event) as unknown);
  // The event's name and the type inside must agree.
  expect([...raw.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual(parsed.map((event) => at(event, 'type')));
  return parsed;
}

test('messages stream in blocks and say what the chat says', async () => {
  const said = await events('/v1/messages?beta=true', { max_tokens: 6 }, { cached: 4 });
  expect(said.map((event) => at(event, 'type'))).toEqual(['message_start', 'content_block_start', ...Array.from({ length: 6 }, () => 'content_block_delta'), 'content_block_stop', 'message_delta', 'message_stop']);
  const text = joined(said, 'delta.text');
  expect(text).toBe(textOf(await stream(worker.url, { max_tokens: 6 })));
  expect(at(said[0], 'message')).toMatchObject({ type: 'message', role: 'assistant', model: 'demo', content: [], usage: { input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 0 } });
  expect(said.at(-2)).toMatchObject({ delta: { stop_reason: 'max_tokens' }, usage: { input_tokens: 9, output_tokens: 6 } });
  expect(await ask('/v1/messages', { max_tokens: 6 }, { cached: 4 })).toMatchObject({ content: [{ type: 'text', text }], stop_reason: 'max_tokens', usage: { input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 6 } });
  expect(worker.receipts()[0]).toMatchObject({ path: '/v1/messages', outputTokens: 6, promptTokens: 13, finished: true, usageTold: true });
});

test('messages have blocks of thought and of tools', async () => {
  const said = await events('/v1/messages', { max_tokens: 100, tools }, { tool: true, reasoning: 2 });
  expect(said.filter((event) => at(event, 'type') === 'content_block_start').map((event) => ['index', 'content_block.type', 'content_block.name'].map((path) => at(event, path)))).toEqual([[0, 'thinking', undefined], [1, 'tool_use', 'weather']]);
  expect(JSON.parse(joined(said, 'delta.partial_json'))).toEqual({ demo: true });
  expect(at(said.at(-2), 'delta.stop_reason')).toBe('tool_use');
  const whole = await ask('/v1/messages', { max_tokens: 100, tools }, { tool: true, reasoning: 2 });
  expect(at(whole, 'content')).toMatchObject([{ type: 'thinking' }, { type: 'tool_use', name: 'weather', input: { demo: true } }]);
  expect(at(whole, 'usage')).toEqual(at(said.at(-2), 'usage'));
  expect(at(await ask('/v1/messages', { max_tokens: 3, tools }, { tool: true }), 'content')).toMatchObject([{ type: 'tool_use', input: {} }]);
});

test('messages break as they do elsewhere', async () => {
  expect((await events('/v1/messages', { max_tokens: 9 }, { errorAfter: 3 })).at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  expect(at((await events('/v1/messages', { max_tokens: 9 }, { noDone: true })).at(-1), 'type')).toBe('message_delta');
  expect((await events('/v1/messages', { max_tokens: 9 }, { usage: 'missing' })).some((event) => at(event, 'usage') ?? at(event, 'message.usage'))).toBe(false);
  expect(at((await events('/v1/messages', { max_tokens: 9 }, { usage: 'absurd' })).at(-2), 'usage.output_tokens')).toBe(1e12);
  const refused = await post(worker.url, body({ max_tokens: 9 }, { status: 429 }), '/v1/messages');
  expect([refused.status, await refused.json()]).toMatchObject([429, { type: 'error', error: { type: 'RateLimitError' } }]);
  expect((await post(worker.url, body(), '/v1/messages')).status).toBe(400);
});

test('count_tokens counts what a message would, the system prompt too', async () => {
  const fields = { system: 'Be brief and kind.' };
  expect(await ask('/v1/messages/count_tokens', fields)).toEqual({ input_tokens: 22 });
  expect(at(await ask('/v1/messages', { ...fields, max_tokens: 1 }), 'usage.input_tokens')).toBe(22);
});

test('responses stream items and end with what tells their usage', async () => {
  const said = await events('/v1/responses', { input: 'What does the sea say?', max_output_tokens: 5 }, { cached: 2 });
  expect(said.map((event) => at(event, 'sequence_number'))).toEqual(said.map((_, index) => index));
  expect(said.map((event) => at(event, 'type'))).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    ...Array.from({ length: 5 }, () => 'response.output_text.delta'),
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.incomplete',
  ]);
  const text = joined(said, 'delta');
  const response = at(said.at(-1), 'response');
  expect(response).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ type: 'message', content: [{ type: 'output_text', text }] }],
    usage: { input_tokens: 13, input_tokens_details: { cached_tokens: 2 }, output_tokens: 5, total_tokens: 18 },
  });
  const whole = await ask('/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_text', text: 'What does the sea say?' }] }], max_output_tokens: 5 }, { cached: 2 });
  for (const path of ['status', 'usage', 'output.0.content']) expect(at(whole, path)).toEqual(at(response, path));
});

test('responses complete, fail and call tools', async () => {
  const called = await events('/v1/responses', { input: 'x', tools }, { tool: true, reasoning: 2 });
  expect(at(called.at(-1), 'response.output')).toMatchObject([{ type: 'reasoning' }, { type: 'function_call', name: 'weather', arguments: '{"demo": true}' }]);
  expect(at(called.at(-1), 'type')).toBe('response.completed');
  const failed = (await events('/v1/responses', { input: 'x' }, { errorAfter: 3 })).at(-1);
  expect(failed).toMatchObject({ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' }, usage: { output_tokens: 3 } } });
  expect(at((await events('/v1/responses', { input: 'x' }, { usage: 'missing' })).at(-1), 'response.usage')).toBeNull();
  expect(at((await events('/v1/responses', { input: 'x' }, { endAfter: 3 })).at(-1), 'type')).toBe('response.output_text.delta');
});

test('texts are ranked and scored, and counted', async () => {
  const ranked = await ask('/v1/rerank', { query: 'sea', documents: ['a wave', { text: 'a hill' }, 'a tree'], top_n: 2 });
  expect(at(ranked, 'results')).toHaveLength(2);
  expect(at(ranked, 'results.0.relevance_score')).toBeGreaterThan(Number(at(ranked, 'results.1.relevance_score')));
  expect(at(ranked, 'usage')).toEqual({ total_tokens: 9 });
  expect(await ask('/v1/score', { text_1: 'sea', text_2: ['a wave', 'a hill'] })).toMatchObject({ object: 'list', data: [{ index: 0 }, { index: 1 }], usage: { prompt_tokens: 6, completion_tokens: 0 } });
  expect(worker.totals()).toMatchObject({ requests: 2, finished: 2, promptTokens: 15, outputTokens: 0 });
  expect((await post(worker.url, body({ query: 'sea' }), '/v1/rerank')).status).toBe(400);
});

test('an engine that imitates OpenAI has no messages, ranks or scores', async () => {
  const openai = await startDemoWorker({ engine: 'openai' });
  const statuses: number[] = [];
  for (const path of ['/v1/messages', '/v1/messages/count_tokens', '/v1/rerank', '/v1/score', '/v1/responses']) statuses.push((await post(openai.url, body({ input: 'x', max_tokens: 1 }), path)).status);
  await openai.stop();
  expect(statuses).toEqual([404, 404, 404, 404, 200]);
});
