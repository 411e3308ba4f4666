/** The official client of Anthropic, unmodified: with a worker that speaks messages, and with one that does not. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import { eventually } from '@tacet/testing';
import { chatOnlyModel, model, startDeployment, type Deployment } from './deployment.ts';

let deployment: Deployment;
let client: Anthropic;
const clientWith = (apiKey: string) => new Anthropic({ baseURL: deployment.url, apiKey, maxRetries: 0 });
beforeAll(async () => {
  deployment = await startDeployment();
  client = clientWith(deployment.apiKey);
}, 120_000);
afterAll(() => deployment.stop());

const say = (content: string) => [{ role: 'user' as const, content }];
const spoken = 'Grüße, 世界! 🦊 said the fox.';
const weather = { name: 'get_weather', description: 'The weather in a city', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] } };
const textOf = (message: Anthropic.Message) => message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');

describe.each([
  ['speaks messages', model, '/v1/messages'],
  ['speaks chat completions alone', chatOnlyModel, '/v1/chat/completions'],
])('with a worker that %s, messages', (_, of, path) => {
  const asked = { model: of, max_tokens: 200 };

  test('are answered whole, with usage', async () => {
    await deployment.nextAnswer({ echo: true }, of);
    const message = await client.messages.create({ ...asked, system: 'Be brief.', messages: say(spoken) });
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn', content: [{ type: 'text', text: spoken }] });
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message.usage.output_tokens).toBeGreaterThan(0);
    expect((await deployment.lastRequest(of)).path).toBe(path);
  });

  test('are streamed', async () => {
    await deployment.nextAnswer({ echo: true }, of);
    const types = new Set<string>();
    let text = '';
    for await (const event of await client.messages.create({ ...asked, messages: say(spoken), stream: true })) {
      types.add(event.type);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
    expect(text).toBe(spoken);
    expect([...types].filter((type) => type !== 'ping')).toEqual(['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);
  });

  test('are put together by the stream helper', async () => {
    await deployment.nextAnswer({ echo: true }, of);
    const message = await client.messages.stream({ ...asked, messages: say(spoken) }).finalMessage();
    expect(textOf(message)).toBe(spoken);
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  test('are cut by max_tokens', async () => {
    const message = await client.messages.create({ ...asked, max_tokens: 5, messages: say('Go on.') });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } });
  });

  test('call tools, whole and streamed, and take their results', async () => {
    await deployment.nextAnswer({ tool: true }, of);
    const whole = await client.messages.create({ ...asked, messages: say('Weather in Oslo?'), tools: [weather] });
    expect(whole).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', name: 'get_weather' }] });
    await deployment.nextAnswer({ tool: true }, of);
    const streamed = await client.messages.stream({ ...asked, messages: say('Weather in Oslo?'), tools: [weather] }).finalMessage();
    const [call] = streamed.content;
    if (call?.type !== 'tool_use') throw new Error('no tool was called');
    expect(call.input).toEqual(expect.any(Object));
    const answered = await client.messages.create({ ...asked, tools: [weather], messages: [...say('Weather in Oslo?'), { role: 'assistant', content: streamed.content }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'rain' }] }] });
    expect(textOf(answered)).toMatch(/simulator/);
  });

  test('say how much to think, and bring thoughts back, whole and streamed', async () => {
    const thinking = { ...asked, max_tokens: 4_000, thinking: { type: 'enabled' as const, budget_tokens: 1_024 }, messages: say('Think.') };
    const blocksOf = ({ content }: Anthropic.Message) => content.map(({ type }) => type);
    await deployment.nextAnswer({ reasoning: 4, tokens: 9 }, of);
    expect(blocksOf(await client.messages.create(thinking))).toEqual(['thinking', 'text']);
    expect((await deployment.lastRequest(of)).body).toMatchObject(path === '/v1/messages' ? { thinking: thinking.thinking } : { reasoning_effort: 'low' });
    await deployment.nextAnswer({ reasoning: 4, tokens: 9 }, of);
    expect(blocksOf(await client.messages.stream(thinking).finalMessage())).toEqual(['thinking', 'text']);
    await client.messages.create({ ...asked, thinking: { type: 'disabled' }, messages: say('Do not think.') });
    expect((await deployment.lastRequest(of)).body).toMatchObject(path === '/v1/messages' ? { thinking: { type: 'disabled' } } : { reasoning_effort: 'none' });
  });

  test('ask for structured output', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const output = { output_config: { format: { type: 'json_schema' as const, schema } } };
    await client.messages.create({ ...asked, ...output, messages: say('Which city?') });
    expect((await deployment.lastRequest(of)).body).toMatchObject(path === '/v1/messages' ? output : { response_format: { type: 'json_schema', json_schema: { schema } } });
  });

  test('are given up with their client', async () => {
    await deployment.nextAnswer({ tokens: 10_000, tokensPerSecond: 50 }, of);
    const stream = client.messages.stream({ ...asked, max_tokens: 10_000, messages: say('Go on.') });
    stream.on('text', () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await eventually('the worker is told', () => deployment.wasAborted(of));
  });

  test('that break off in the middle are an APIError', async () => {
    await deployment.nextAnswer({ abortAfter: 5 }, of);
    const error = await failing(client.messages.stream({ ...asked, messages: say('Go on.') }).finalMessage());
    expect(JSON.stringify(error.error)).toContain('"type":"error"');
  });

  test('of a worker that fails are an InternalServerError', async () => {
    await deployment.nextAnswer({ status: 500 }, of);
    expect(await failing(client.messages.create({ ...asked, messages: say('Hello') }))).toBeInstanceOf(Anthropic.InternalServerError);
  });
});

test('tokens are counted', async () => {
  expect((await client.messages.countTokens({ model, messages: say('Hello there, fox.') })).input_tokens).toBeGreaterThan(0);
});

describe('errors', () => {
  const ask = (with_: Anthropic, further: object = {}) => with_.messages.create({ model, max_tokens: 20, messages: say('Hello'), ...further });

  test('an unknown key is an AuthenticationError', async () => {
    const error = await failing(ask(clientWith('tct_live_nobody')));
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
  });

  test('a model that the key may not use is a PermissionDeniedError', async () => {
    const error = await failing(ask(clientWith(await deployment.createKey({ models: [chatOnlyModel] }))));
    expect(error).toBeInstanceOf(Anthropic.PermissionDeniedError);
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'permission_error' } });
  });

  test('an empty account is an APIError with status 402', async () => {
    const error = await failing(ask(clientWith(await deployment.createKey({ creditUsd: '0' }))));
    expect(error).toMatchObject({ status: 402, error: { type: 'error', error: { type: 'billing_error' } } });
  });

  test('a body that is too large is an APIError with status 413', async () => {
    const error = await failing(ask(client, { messages: say('x'.repeat(21 * 1024 * 1024)) }));
    expect(error).toMatchObject({ status: 413, error: { type: 'error', error: { type: 'request_too_large' } } });
  });

  test('a model that is not there is a NotFoundError', async () => {
    const error = await failing(ask(client, { model: 'no-such-model' }));
    expect(error).toBeInstanceOf(Anthropic.NotFoundError);
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });

  test('a field that controls the engine is a BadRequestError', async () => {
    const error = await failing(ask(client, { cache_salt: 'mine' }));
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  });

  test('too many requests are a RateLimitError with the time to wait', async () => {
    const limited = clientWith(await deployment.createKey({ limits: { requestsPerMinute: 1 } }));
    await ask(limited);
    const error = await failing(ask(limited));
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0);
  });
});

async function failing(asked: Promise<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Anthropic.APIError)) throw new Error('it did not fail with an APIError', { cause: error });
  return error;
}
