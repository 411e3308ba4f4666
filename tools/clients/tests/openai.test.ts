/** The official client of OpenAI, unmodified, with nothing but base URL and key changed. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { chatOnlyModel, model, startDeployment, type Deployment } from './deployment.ts';

let deployment: Deployment;
let client: OpenAI;
const clientWith = (apiKey: string) => new OpenAI({ baseURL: `${deployment.url}/v1`, apiKey, maxRetries: 0 });
beforeAll(async () => {
  deployment = await startDeployment();
  client = clientWith(deployment.apiKey);
}, 120_000);
afterAll(() => deployment.stop());

const say = (content: string) => [{ role: 'user' as const, content }];
const spoken = 'Grüße, 世界! 🦊 said the fox.';
const weather = { type: 'function' as const, function: { name: 'get_weather', description: 'The weather in a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } };

describe('chat completions', () => {
  test('are answered whole, with usage', async () => {
    await deployment.nextAnswer({ echo: true });
    const { choices, usage } = await client.chat.completions.create({ model, messages: say(spoken), max_tokens: 100 });
    expect(choices[0]?.message).toMatchObject({ role: 'assistant', content: spoken });
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  test('are streamed; usage is shown to those who ask, and only in the last chunk', async () => {
    for (const include of [false, true]) {
      await deployment.nextAnswer({ echo: true });
      let text = '';
      const usages: unknown[] = [];
      const stream = await client.chat.completions.create({ model, messages: say(spoken), max_tokens: 100, stream: true, ...(include ? { stream_options: { include_usage: true } } : {}) });
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (chunk.usage) usages.push([chunk.choices.length, chunk.usage.completion_tokens > 0]);
      }
      expect(text).toBe(spoken);
      expect(usages).toEqual(include ? [[0, true]] : []);
    }
  });

  test('are put together by the stream helper', async () => {
    await deployment.nextAnswer({ echo: true });
    const deltas: string[] = [];
    const helper = client.chat.completions.stream({ model, messages: say(spoken), max_tokens: 100 }).on('content', (delta) => deltas.push(delta));
    const completion = await helper.finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: spoken } });
    expect(deltas.join('')).toBe(spoken);
  });

  test('call tools, whole and streamed', async () => {
    await deployment.nextAnswer({ tool: true });
    const whole = await client.chat.completions.create({ model, messages: say('Weather in Oslo?'), tools: [weather] });
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ type: 'function', function: { name: 'get_weather' } }] } });
    await deployment.nextAnswer({ tool: true });
    const streamed = await client.chat.completions.stream({ model, messages: say('Weather in Oslo?'), tools: [weather] }).finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'get_weather' } });
    expect(() => JSON.parse(argumentsOf(streamed)) as unknown).not.toThrow();
  });

  test('run tools to the end', async () => {
    await deployment.nextAnswer({ tool: true });
    const cities: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model,
      messages: say('Weather in Oslo?'),
      tools: [{ type: 'function', function: { ...weather.function, parse: JSON.parse, function: (given: unknown) => (cities.push(given), 'rain') } }],
    });
    expect(await runner.finalContent()).toMatch(/^This is a simulator/);
    expect(cities).toHaveLength(1);
    const { body } = await deployment.lastRequest();
    expect((body['messages'] as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  });

  test('give structured output', async () => {
    await deployment.nextAnswer({ echo: true });
    const shape = z.object({ animal: z.string(), legs: z.number() });
    const parsed = await client.chat.completions.parse({ model, messages: say('{"animal":"fox","legs":4}'), response_format: zodResponseFormat(shape, 'animal') });
    expect(parsed.choices[0]?.message.parsed).toEqual({ animal: 'fox', legs: 4 });
    expect((await deployment.lastRequest()).body['response_format']).toMatchObject({ type: 'json_schema', json_schema: { name: 'animal', strict: true } });
  });

  test('are given up with their client, whole and streamed', async () => {
    const controller = new AbortController();
    await deployment.nextAnswer({ tokens: 10_000, tokensPerSecond: 50 });
    const stream = await client.chat.completions.create({ model, messages: say('Go on.'), max_tokens: 10_000, stream: true }, { signal: controller.signal });
    const read = (async () => {
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) controller.abort();
    })();
    await read;
    await eventually('the worker is told', () => deployment.wasAborted());
    await deployment.nextAnswer({ delayMs: 60_000 });
    const asked = client.chat.completions.create({ model, messages: say('Go on.') }, { signal: AbortSignal.timeout(500) });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    await eventually('the worker is told', () => deployment.wasAborted());
  });
});

describe('other endpoints', () => {
  test('models are listed and told one by one', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids.sort()).toEqual([chatOnlyModel, model]);
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' });
  });

  test('texts are completed, whole and streamed', async () => {
    expect((await client.completions.create({ model, prompt: 'Once', max_tokens: 20 })).choices[0]?.text).toMatch(/simulator/);
    let text = '';
    for await (const chunk of await client.completions.create({ model, prompt: 'Once', max_tokens: 20, stream: true })) text += chunk.choices[0]?.text ?? '';
    expect(text).toMatch(/simulator/);
  });

  test('texts become vectors', async () => {
    const { data, usage } = await client.embeddings.create({ model, input: ['one', 'two'] });
    expect(data.map(({ embedding }) => embedding.length > 1 && embedding.every((value) => Number.isFinite(value)))).toEqual([true, true]);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });

  test('responses are answered whole and streamed', async () => {
    const whole = await client.responses.create({ model, input: 'Hello', max_output_tokens: 30 });
    expect(whole.output_text).toMatch(/simulator/);
    const streamed = await client.responses.stream({ model, input: 'Hello', max_output_tokens: 30 }).finalResponse();
    expect(streamed.output_text).toBe(whole.output_text);
    expect(streamed.usage?.output_tokens).toBeGreaterThan(0);
  });
});

describe('errors', () => {
  const ask = (with_: OpenAI = client, further: object = {}) => with_.chat.completions.create({ model, messages: say('Hello'), ...further });
  const failing = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof OpenAI.APIError)) throw new Error('it did not fail with an APIError', { cause: error });
    return error;
  };

  test('an unknown key is an AuthenticationError', async () => {
    const error = await failing(ask(clientWith('tct_live_nobody')));
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'key_malformed' });
  });

  test('a model that is not there is a NotFoundError that says what there is', async () => {
    const error = await failing(ask(client, { model: 'no-such-model' }));
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ status: 404, code: 'model_unknown' });
    expect(JSON.stringify(error.error)).toContain(model);
  });

  test('a model that the key may not use is a PermissionDeniedError that says which it may', async () => {
    const error = await failing(ask(clientWith(await deployment.createKey({ models: ['another-model'] }))));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, code: 'model_not_allowed' });
  });

  test('a body that is too large is an APIError with status 413', async () => {
    expect(await failing(ask(client, { messages: say('x'.repeat(21 * 1024 * 1024)) }))).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  test('a field that controls the engine is a BadRequestError that names it', async () => {
    const error = await failing(ask(client, { cache_salt: 'mine' }));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'field_not_allowed', param: 'cache_salt' });
  });

  test('an empty account is an APIError with status 402', async () => {
    const error = await failing(ask(clientWith(await deployment.createKey({ creditUsd: '0' }))));
    expect(error).toMatchObject({ status: 402, code: 'insufficient_balance' });
  });

  test('too many requests are a RateLimitError with the time to wait', async () => {
    const limited = clientWith(await deployment.createKey({ limits: { requestsPerMinute: 1 } }));
    await ask(limited);
    const error = await failing(ask(limited));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error.status).toBe(429);
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a worker that fails is an InternalServerError', async () => {
    await deployment.nextAnswer({ status: 500 });
    expect(await failing(ask())).toBeInstanceOf(OpenAI.InternalServerError);
  });

  test('an error in the middle of a stream is an APIError with its message', async () => {
    await deployment.nextAnswer({ errorAfter: 5 });
    const stream = await client.chat.completions.create({ model, messages: say('Hello'), stream: true });
    let chunks = 0;
    const error = await failing(
      (async () => {
        for await (const chunk of stream) chunks += chunk.choices.length;
      })(),
    );
    expect(chunks).toBeGreaterThan(0);
    expect(error.code).toBe('worker_failed');
  });

  test('a request that can be tried again is tried again by the client itself', async () => {
    await deployment.nextAnswer({ status: 500 });
    const retrying = new OpenAI({ baseURL: `${deployment.url}/v1`, apiKey: deployment.apiKey, maxRetries: 2 });
    expect((await ask(retrying)).choices).toHaveLength(1);
  });
});

function argumentsOf(completion: OpenAI.ChatCompletion): string {
  const call = completion.choices[0]?.message.tool_calls?.[0];
  return call?.type === 'function' ? call.function.arguments : '';
}
