/** Bodies as workers get them, and what they take of the memory for bodies. */
import { expect, test } from '@jest/globals';
import { scanObject } from '@tacet/inference';
import type { AdmittedRequest } from './admit.ts';
import { endpoints } from './endpoints.ts';
import { BodyBudget } from './http/body-budget.ts';
import type { Caller } from './keys/caller.ts';
import { CacheSalts, prepareBody } from './prepare-body.ts';
import { Prompt } from './read-request.ts';
import { parseWorkers } from './workers/parse-workers.ts';

const salts = new CacheSalts(Buffer.alloc(32));
const poolOf = (kind: string) => parseWorkers(`pools: [{ id: p, url: 'http://127.0.0.1:1', kind: ${kind}, models: [m] }]`, () => '')[0]!;

/** An admitted `/v1/messages`, with so many bytes of text. */
function messages(bytes: number, fields: object = {}): AdmittedRequest {
  const body = Buffer.from(JSON.stringify({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'x'.repeat(bytes) }], ...fields }));
  const prompt = new Prompt({ bytes: body, release: () => undefined }, scanObject(body));
  return { request: { endpoint: endpoints.messages, prompt, caller: { account: '00', accountId: Buffer.alloc(16), noLog: false }, isStream: true }, outputPerChoice: undefined } as unknown as AdmittedRequest;
}

test.each([100, 100_000])('a body of %d bytes that is said in other terms counts against the memory for bodies until it is forgotten', (bytes) => {
  const budget = new BodyBudget(1_000_000);
  const body = prepareBody(messages(bytes), poolOf('local'), salts, budget);
  expect(body.path).toBe('/v1/chat/completions');
  expect(typeof body.body === 'string' ? body.body : Buffer.concat(body.body)).toHaveLength(body.bytes);
  expect(budget.bytes).toBeGreaterThanOrEqual(body.bytes);
  expect(budget.bytes).toBeLessThan(body.bytes + 200);
  body.forget();
  body.forget();
  expect(budget.bytes).toBe(0);
});

test('one that becomes longer than what it is made of counts in full', () => {
  const budget = new BodyBudget(10_000);
  // The arguments of a call are JSON inside of a string there.
  const input = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`"${i}"`, '"""']));
  const call = { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input }] }] };
  const asked = messages(0, call);
  const body = prepareBody(asked, poolOf('local'), salts, budget);
  expect(body.bytes).toBeGreaterThan(asked.request.prompt.bytes);
  expect(budget.bytes).toBe(body.bytes);
});

test('beyond the memory for bodies nothing is translated, and what was taken is given back', () => {
  const budget = new BodyBudget(1_000);
  expect(() => prepareBody(messages(2_000), poolOf('local'), salts, budget)).toThrow(expect.objectContaining({ code: 'overloaded', retryAfterMs: 1_000 }));
  expect(() => prepareBody(messages(10, { tools: [{ type: 'bash_20250124' }] }), poolOf('local'), salts, budget)).toThrow(expect.objectContaining({ code: 'field_invalid' }));
  expect(budget.bytes).toBe(0);
});

test('a body that passes as it is counts once', () => {
  const budget = new BodyBudget(0);
  expect(prepareBody(messages(100_000), poolOf('demo'), salts, budget).path).toBe('/v1/messages');
});

test.each([100, 100_000])('what passes of a body of %d bytes passes byte for byte, with what the router says put in and what names a person left out', (bytes) => {
  const text = `é${'x'.repeat(bytes)}`;
  const given = Buffer.from(`{ "user" : "u",\n"model":"m", "prompt":"${text}" , "max_tokens" : 9,"stream":true,"metadata":{} }`);
  const prompt = new Prompt({ bytes: given, release: () => undefined }, scanObject(given));
  const caller = { account: '00', accountId: Buffer.alloc(16), noLog: false };
  const admitted = { request: { endpoint: endpoints.completions, prompt, caller, isStream: true }, outputPerChoice: 5 } as unknown as AdmittedRequest;
  const { body } = prepareBody(admitted, poolOf('vllm'), salts, new BodyBudget(0));
  const sent = typeof body === 'string' ? Buffer.from(body, 'latin1') : Buffer.concat(body);
  const salt = salts.of(caller as Caller);
  expect(sent.toString()).toBe(`{"stream_options":{"include_usage":true,"continuous_usage_stats":true},"cache_salt":${salt}, "model":"m", "prompt":"${text}" , "max_tokens" : 5,"stream":true }`);
});

test.each([
  ['vllm', { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: 'medium' }],
  ['sglang', { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: 'medium' }],
  ['llamacpp', { chat_template_kwargs: { enable_thinking: true }, thinking_budget_tokens: 4_096 }],
  ['openai', { reasoning_effort: 'medium' }],
  ['litellm', { reasoning_effort: 'medium' }],
])('a worker of kind %s is told of thinking in its own words', (kind, said) => {
  const { body } = prepareBody(messages(1, { thinking: { type: 'enabled', budget_tokens: 4_096 } }), poolOf(kind), salts, new BodyBudget(10_000));
  const chat = JSON.parse(String(body)) as Record<string, unknown>;
  expect(chat).toMatchObject(said);
  expect(chat).not.toHaveProperty('thinking');
});
