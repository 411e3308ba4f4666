/** The AI SDK with each provider that a Tacet address can be given to, and OpenRouter's own. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { eventually } from '@tacet/testing';
import { APICallError, generateText, Output, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import { z } from 'zod';
import { chatOnlyModel, model, startDeployment, type Deployment } from './deployment.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
}, 120_000);
afterAll(() => deployment.stop());

const spoken = 'Grüße, 世界! 🦊 said the fox.';
const prompt = 'Weather in Oslo?';
type Provider = (apiKey: string) => (of: string) => LanguageModel;

/** Each with its name and the model that it is asked for. */
const providers: readonly (readonly [string, string, Provider])[] = [
  ['@ai-sdk/openai, chat', model, (apiKey) => (of) => createOpenAI({ baseURL: `${deployment.url}/v1`, apiKey }).chat(of)],
  ['@ai-sdk/openai, responses', model, (apiKey) => (of) => createOpenAI({ baseURL: `${deployment.url}/v1`, apiKey }).responses(of)],
  ['@ai-sdk/openai-compatible', model, (apiKey) => (of) => createOpenAICompatible({ name: 'tacet', baseURL: `${deployment.url}/v1`, apiKey, supportsStructuredOutputs: true, includeUsage: true })(of)],
  ['@openrouter/ai-sdk-provider', model, (apiKey) => (of) => createOpenRouter({ baseURL: `${deployment.url}/v1`, apiKey, compatibility: 'strict' }).chat(of)],
  ['@ai-sdk/anthropic', model, (apiKey) => (of) => createAnthropic({ baseURL: `${deployment.url}/v1`, apiKey })(of)],
  ['@ai-sdk/anthropic, translated', chatOnlyModel, (apiKey) => (of) => createAnthropic({ baseURL: `${deployment.url}/v1`, apiKey })(of)],
];

describe.each(providers)('%s', (_, of, provider) => {
  const ask = { maxRetries: 0, maxOutputTokens: 200 };
  const languageModel = () => provider(deployment.apiKey)(of);

  test('generates text, with usage', async () => {
    await deployment.nextAnswer({ echo: true }, of);
    const { text, usage, finishReason } = await generateText({ ...ask, model: languageModel(), prompt: spoken });
    expect({ text, finishReason }).toEqual({ text: spoken, finishReason: 'stop' });
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  test('streams text, with usage', async () => {
    await deployment.nextAnswer({ echo: true }, of);
    const { textStream, usage, finishReason } = streamText({ ...ask, model: languageModel(), prompt: spoken });
    let text = '';
    for await (const delta of textStream) text += delta;
    expect({ text, finishReason: await finishReason }).toEqual({ text: spoken, finishReason: 'stop' });
    expect((await usage).outputTokens).toBeGreaterThan(0);
  });

  test('runs tools, whole and streamed', async () => {
    const cities: unknown[] = [];
    const get_weather = tool({ description: 'The weather in a city', inputSchema: z.looseObject({}), execute: (given) => (cities.push(given), 'rain') });
    const asked = { ...ask, prompt, tools: { get_weather }, stopWhen: stepCountIs(2) };
    await deployment.nextAnswer({ tool: true }, of);
    expect((await generateText({ ...asked, model: languageModel() })).text).toMatch(/simulator/);
    await deployment.nextAnswer({ tool: true }, of);
    expect(await streamText({ ...asked, model: languageModel() }).text).toMatch(/simulator/);
    expect(cities).toHaveLength(2);
  });

  test('is stopped by its caller, and the worker with it', async () => {
    const controller = new AbortController();
    await deployment.nextAnswer({ tokens: 10_000, tokensPerSecond: 50 }, of);
    const { textStream } = streamText({ ...ask, maxOutputTokens: 10_000, model: languageModel(), prompt, abortSignal: controller.signal, onError: () => undefined });
    for await (const delta of textStream) if (delta !== '') controller.abort();
    await eventually('the worker is told', () => deployment.wasAborted(of));
  });

  test('tells errors by their status, and which of them may be tried again', async () => {
    const statusOf = async (asked: PromiseLike<unknown>) => {
      const error = await Promise.resolve(asked).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return APICallError.isInstance(error) ? [error.statusCode, error.isRetryable] : error;
    };
    expect(await statusOf(generateText({ ...ask, model: provider('tct_live_nobody')(of), prompt }))).toEqual([401, false]);
    expect(await statusOf(generateText({ ...ask, model: provider(deployment.apiKey)('no-such-model'), prompt }))).toEqual([404, false]);
    await deployment.nextAnswer({ status: 500 }, of);
    expect(await statusOf(generateText({ ...ask, model: languageModel(), prompt }))).toEqual([502, true]);
    const limited = provider(await deployment.createKey({ limits: { requestsPerMinute: 1 } }))(of);
    await generateText({ ...ask, model: limited, prompt });
    expect(await statusOf(generateText({ ...ask, model: limited, prompt }))).toEqual([429, true]);
  });

  test('tells of a stream that broke off', async () => {
    await deployment.nextAnswer({ abortAfter: 5 }, of);
    const errors: unknown[] = [];
    const { fullStream } = streamText({ ...ask, model: languageModel(), prompt, onError: ({ error }) => void errors.push(error) });
    const types: string[] = [];
    for await (const { type } of fullStream) types.push(type);
    expect(types).toContain('error');
    expect(errors).toHaveLength(1);
  });
});

test.each(providers.slice(0, 4))('%s gives structured output', async (_, of, provider) => {
  await deployment.nextAnswer({ echo: true }, of);
  const shape = z.object({ animal: z.string(), legs: z.number() });
  const { output } = await generateText({ maxRetries: 0, model: provider(deployment.apiKey)(of), prompt: '{"animal":"fox","legs":4}', output: Output.object({ schema: shape }) });
  expect(output).toEqual({ animal: 'fox', legs: 4 });
});
