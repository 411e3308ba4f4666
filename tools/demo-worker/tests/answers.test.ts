import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDemoWorker, type DemoWorker, type Engine } from '../src/index.ts';
import { engines } from '../src/options.ts';
import { body, post, stream, textOf, type Chunk } from './ask.ts';

const workers = new Map<Engine, DemoWorker>();
const url = (engine: Engine = 'vllm') => workers.get(engine)!.url;
const usage = { stream_options: { include_usage: true } };
const continuous = { stream_options: { include_usage: true, continuous_usage_stats: true } };
const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }];

interface Whole {
  readonly id: string;
  readonly choices: readonly { readonly finish_reason: string; readonly text?: string; readonly message?: { readonly content: string | null; readonly reasoning_content?: string; readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[] } }[];
  readonly usage: NonNullable<Chunk['usage']>;
}

async function whole(engine: Engine, fields: Record<string, unknown>, demo: Record<string, unknown> = {}, path?: string): Promise<Whole> {
  return (await (await post(url(engine), body(fields, demo), path)).json()) as Whole;
}

beforeAll(async () => {
  for (const engine of engines) workers.set(engine, await startDemoWorker({ engine, contextTokens: 10_000 }));
});
afterAll(async () => {
  for (const worker of workers.values()) await worker.stop();
});

describe.each(engines)('%s', (engine) => {
  test('a stream has a role, a token a chunk, a finish reason, the usage and [DONE]', async () => {
    const answer = await stream(url(engine), { max_tokens: 7, ...usage });
    const texts = answer.chunks.filter((chunk) => chunk.choices[0]?.delta?.content);
    expect(answer.chunks[0]?.choices[0]?.delta?.role).toBe('assistant');
    expect(texts).toHaveLength(7);
    expect(answer.chunks.filter((chunk) => chunk.choices[0]?.finish_reason).map((chunk) => chunk.choices[0]?.finish_reason)).toEqual(['length']);
    expect(answer.chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 7 } });
    expect(new Set(answer.chunks.map((chunk) => chunk.id)).size).toBe(1);
    expect(answer.done).toBe(true);
    expect(workers.get(engine)!.receipts().at(-1)).toMatchObject({ outputTokens: 7, textChunks: 7, finished: true, aborted: false, running: false, usageTold: true });
  });

  test('an answer that is not streamed says the same as the stream and counts the same', async () => {
    const streamed = await stream(url(engine), usage);
    const answer = await whole(engine, {});
    expect(answer.choices[0]?.message?.content).toBe(textOf(streamed));
    expect(answer.choices[0]?.message?.content).toMatch(/^This is a simulator, not a language model/);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage).toEqual(streamed.chunks.at(-1)?.usage);
  });

  test('an answer that stops by itself counts its end token', async () => {
    const answer = await stream(url(engine), usage, { tokens: 10 });
    expect(answer.chunks.filter((chunk) => chunk.choices[0]?.delta?.content)).toHaveLength(9);
    expect(answer.chunks.at(-1)?.usage?.completion_tokens).toBe(10);
    expect(workers.get(engine)!.receipts().at(-1)).toMatchObject({ outputTokens: 10, textChunks: 9 });
  });

  test('a tool call and reasoning come in the same parts, streamed or not', async () => {
    const demo = { tool: true, reasoning: 3, cached: 2 };
    const streamed = await stream(url(engine), { tools, ...usage }, demo);
    const calls = streamed.chunks.flatMap((chunk) => chunk.choices[0]?.delta?.tool_calls ?? []);
    expect(calls.map((call) => call.function.name ?? '').join('')).toBe('weather');
    expect(JSON.parse(calls.map((call) => call.function.arguments ?? '').join(''))).toEqual({ demo: true });
    expect(streamed.chunks.filter((chunk) => chunk.choices[0]?.delta?.reasoning_content)).toHaveLength(3);
    const answer = await whole(engine, { tools }, demo);
    expect(answer.choices[0]?.message?.tool_calls?.[0]?.function).toEqual({ name: 'weather', arguments: '{"demo": true}' });
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    expect(answer.choices[0]?.message?.reasoning_content?.trim().split(' ')).toHaveLength(3);
    expect(answer.usage).toEqual(streamed.chunks.at(-1)?.usage);
    expect(answer.usage.prompt_tokens_details).toEqual({ cached_tokens: 2 });
  });

  test('/v1/completions answers every prompt n times', async () => {
    const fields = { prompt: ['one', 'two'], n: 2, max_tokens: 3 };
    const streamed = await stream(url(engine), { ...fields, ...usage }, {}, '/v1/completions');
    const answer = await whole(engine, fields, {}, '/v1/completions');
    expect(answer.choices.map((choice) => choice.text)).toEqual([0, 1, 2, 3].map((index) => textOf(streamed, index)));
    expect(answer.usage.completion_tokens).toBe(12);
    expect(streamed.chunks.at(-1)?.usage).toEqual(answer.usage);
  });
});

test('vLLM tells usage continuously, choice by choice, and cached tokens only at the end', async () => {
  const { chunks } = await stream(url(), { n: 3, max_tokens: 5, ...continuous }, { cached: 4 });
  const last = new Map<number | undefined, number>();
  for (const { choices, usage: counts } of chunks.slice(0, -1)) {
    expect(counts?.prompt_tokens_details).toBeUndefined();
    last.set(choices[0]?.index, counts!.completion_tokens);
  }
  expect([...last.values()]).toEqual([5, 5, 5]);
  expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } });
  expect(chunks.slice(0, 3).map((chunk) => chunk.choices[0]?.index)).toEqual([0, 1, 2]);
});

test.each(['llamacpp', 'openai'] as const)('%s tells usage only at the end, whatever is asked for', async (engine) => {
  const { chunks } = await stream(url(engine), { max_tokens: 5, ...continuous });
  expect(chunks.slice(0, -1).every((chunk) => !chunk.usage)).toBe(true);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBe(5);
});

test('nobody who did not ask is told usage', async () => {
  for (const engine of engines) expect((await stream(url(engine), { max_tokens: 5 })).chunks.every((chunk) => !chunk.usage)).toBe(true);
});

test('the answer follows from seed, model and prompt, and from nothing else of the body', async () => {
  const twin = await startDemoWorker({ seed: 2 });
  const text = async (at: string, fields: Record<string, unknown>) => textOf(await stream(at, fields));
  const first = await text(url(), {});
  expect(await text(url(), { cache_salt: 'x', ...continuous })).toBe(first);
  expect(await text(url(), { seed: 7 })).not.toBe(first);
  expect(await text(url(), { messages: [{ role: 'user', content: 'other' }] })).not.toBe(first);
  expect(await text(twin.url, {})).not.toBe(first);
  await twin.stop();
});

test('the smaller of the two limits holds, and ignore_eos never stops by itself', async () => {
  expect((await whole('vllm', { max_tokens: 9, max_completion_tokens: 4 })).usage.completion_tokens).toBe(4);
  expect((await whole('vllm', { max_tokens: 500, ignore_eos: true })).usage.completion_tokens).toBe(500);
});

test('several tokens a chunk change the chunks and not the text, the usage or the point of a fault', async () => {
  const single = await stream(url(), { max_tokens: 20, ...usage });
  const several = await stream(url(), { max_tokens: 20, ...usage }, { tokensPerChunk: 6 });
  expect(textOf(several)).toBe(textOf(single));
  expect(several.chunks.at(-1)?.usage).toEqual(single.chunks.at(-1)?.usage);
  expect(several.chunks.filter((chunk) => chunk.choices[0]?.delta?.content)).toHaveLength(4);
  await stream(url(), { max_tokens: 20 }, { tokensPerChunk: 6, endAfter: 8, tag: 'several' });
  expect(workers.get('vllm')!.receipts('several')).toMatchObject([{ outputTokens: 8 }]);
});

test('an echo repeats the last message, whatever is in it', async () => {
  const content = 'a "quote", a \\ and\n a 👩‍🚀 \u2028 canary-5f1c';
  const answer = await stream(url(), { messages: [{ role: 'system', content: 'no' }, { role: 'user', content: [{ type: 'text', text: content }] }] }, { echo: true });
  expect(textOf(answer)).toBe(content);
});

test('the prompt is counted, or what the test says it is', async () => {
  const counted = await whole('vllm', { messages: [{ role: 'user', content: 'x'.repeat(400) }] });
  expect(counted.usage.prompt_tokens).toBe(107);
  expect((await whole('vllm', {}, { promptTokens: 5, cached: 9 })).usage).toMatchObject({ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 5 } });
});

test('embeddings are the same as numbers and as base64', async () => {
  const ask = async (more: object) => (await (await post(url(), JSON.stringify({ model: 'demo', input: ['a', 'b'], dimensions: 8, ...more }), '/v1/embeddings')).json()) as { data: { embedding: number[] | string }[]; usage: object };
  const numbers = await ask({});
  const coded = await ask({ encoding_format: 'base64' });
  const decoded = coded.data.map(({ embedding }) => [...new Float32Array(new Uint8Array(Buffer.from(embedding as string, 'base64')).buffer)]);
  expect(decoded).toEqual(numbers.data.map(({ embedding }) => embedding));
  expect(numbers.usage).toMatchObject({ prompt_tokens: 2, total_tokens: 2 });
});

test.each([
  ['{"model":"demo"', 400, /JSON/],
  ['[]', 400, /object/],
  ['{"model":"other","messages":[{"role":"user","content":"x"}]}', 404, /does not exist/],
  ['{"messages":[{"role":"user","content":"x"}]}', 400, /required/],
  ['{"model":"demo"}', 400, /required/],
  ['{"model":"demo","messages":[{"role":"user","content":"x"}],"max_tokens":0}', 400, /max_tokens/],
  ['{"model":"demo","messages":[{"role":"user","content":"x"}],"max_tokens":10000}', 400, /maximum context length is 10000/],
  ['{"model":"demo","messages":[{"role":"user","content":"x"}],"n":0}', 400, /n must/],
  ['{"model":"demo","messages":[{"role":"user","content":"x"}],"demo":{"stalAfter":1}}', 400, /stalAfter/],
])('%s is refused with %i', async (text, status, message) => {
  const response = await post(url(), text);
  expect(response.status).toBe(status);
  expect(((await response.json()) as Chunk).error?.message).toMatch(message);
});

test('unknown paths are 404, models are listed, and the worker is healthy', async () => {
  expect((await fetch(`${url()}/v2`)).status).toBe(404);
  expect((await fetch(`${url()}/v1/chat/completions`)).status).toBe(405);
  expect((await fetch(`${url()}/health`)).status).toBe(200);
  expect(await (await fetch(`${url()}/v1/models`)).json()).toMatchObject({ object: 'list', data: [{ id: 'demo', max_model_len: 10_000 }] });
});
