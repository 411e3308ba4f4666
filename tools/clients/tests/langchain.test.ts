/** LangChain's OpenAI integration, unmodified. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { eventually } from '@tacet/testing';
import { z } from 'zod';
import { model, startDeployment, type Deployment } from './deployment.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
}, 120_000);
afterAll(() => deployment.stop());

const spoken = 'Grüße, 世界! 🦊 said the fox.';
const chat = (apiKey = deployment.apiKey, of = model) => new ChatOpenAI({ model: of, apiKey, maxRetries: 0, maxTokens: 200, configuration: { baseURL: `${deployment.url}/v1` } });
const weather = { type: 'function' as const, function: { name: 'get_weather', description: 'The weather in a city', parameters: { type: 'object', properties: { city: { type: 'string' } } } } };

/** The types of messages do not tell of the usage that they have. */
const outputTokensOf = (message: object) => (message as { usage_metadata?: { output_tokens: number } }).usage_metadata?.output_tokens ?? 0;

test('a message is answered, with usage', async () => {
  await deployment.nextAnswer({ echo: true });
  const answer = await chat().invoke(spoken);
  expect(answer.content).toBe(spoken);
  expect(outputTokensOf(answer)).toBeGreaterThan(0);
});

test('a message is streamed, with usage', async () => {
  await deployment.nextAnswer({ echo: true });
  let text = '';
  let outputTokens = 0;
  for await (const chunk of await chat().stream(spoken)) {
    text += chunk.text;
    outputTokens += outputTokensOf(chunk);
  }
  expect(text).toBe(spoken);
  expect(outputTokens).toBeGreaterThan(0);
});

test('tools are called, whole and streamed', async () => {
  await deployment.nextAnswer({ tool: true });
  expect((await chat().bindTools([weather]).invoke('Weather in Oslo?')).tool_calls).toMatchObject([{ name: 'get_weather' }]);
  await deployment.nextAnswer({ tool: true });
  const names: (string | undefined)[] = [];
  for await (const chunk of await chat().bindTools([weather]).stream('Weather in Oslo?')) for (const call of chunk.tool_call_chunks ?? []) if (call.name) names.push(call.name);
  expect(names).toEqual(['get_weather']);
});

test('output has the structure that was asked for', async () => {
  await deployment.nextAnswer({ echo: true });
  const structured = chat().withStructuredOutput(z.object({ animal: z.string(), legs: z.number() }), { method: 'jsonSchema' });
  expect(await structured.invoke('{"animal":"fox","legs":4}')).toEqual({ animal: 'fox', legs: 4 });
});

test('texts become vectors', async () => {
  const embeddings = new OpenAIEmbeddings({ model, apiKey: deployment.apiKey, maxRetries: 0, configuration: { baseURL: `${deployment.url}/v1` } });
  const vectors = await embeddings.embedDocuments(['one', 'two']);
  expect(vectors.map((vector) => vector.length > 1 && vector.every((value) => Number.isFinite(value)))).toEqual([true, true]);
});

test('a stream that is given up stops the worker', async () => {
  await deployment.nextAnswer({ tokens: 10_000, tokensPerSecond: 50 });
  const controller = new AbortController();
  const read = (async () => {
    for await (const chunk of await chat().stream('Go on.', { signal: controller.signal })) if (chunk.text !== '') controller.abort();
  })();
  await expect(read).rejects.toThrow(/abort/i);
  await eventually('the worker is told', () => deployment.wasAborted());
});

test('errors have their status', async () => {
  await expect(chat('tct_live_nobody').invoke('Hello')).rejects.toMatchObject({ status: 401 });
  await expect(chat(undefined, 'no-such-model').invoke('Hello')).rejects.toMatchObject({ status: 404 });
  await deployment.nextAnswer({ status: 500 });
  await expect(chat().invoke('Hello')).rejects.toMatchObject({ status: 502 });
  const limited = chat(await deployment.createKey({ limits: { requestsPerMinute: 1 } }));
  await limited.invoke('Hello');
  await expect(limited.invoke('Hello')).rejects.toMatchObject({ status: 429 });
});

test('a stream that breaks off is an error', async () => {
  await deployment.nextAnswer({ errorAfter: 5 });
  const read = (async () => {
    let text = '';
    for await (const chunk of await chat().stream('Hello')) text += chunk.text;
    return text;
  })();
  await expect(read).rejects.toThrow();
});
