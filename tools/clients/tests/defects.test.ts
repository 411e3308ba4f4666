/**
 * Workers omit things, write strange but legal bytes, and break. Every client that streams meets one defect at a time, and
 * either reads the whole text or gets an error: never half a text that looks whole.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { streamText, type LanguageModel } from 'ai';
import OpenAI from 'openai';
import { chatOnlyModel, model, startDeployment, type Deployment } from './deployment.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment(Object.keys(clients).length * (Object.keys(harmless).length + Object.keys(fatal).length));
}, 120_000);
afterAll(() => deployment.stop());

const spoken = 'Grüße, 世界! 🦊 said the fox, and went home over the hills.';

/** Asks a model for a stream and reads it to its end; rejects where the client was told of an error. */
type Read = (model: string) => Promise<string>;

const address = () => ({ baseURL: `${deployment.url}/v1`, apiKey: deployment.apiKey });

async function readWithAiSdk(languageModel: LanguageModel): Promise<string> {
  let failure: unknown;
  const { textStream } = streamText({ model: languageModel, prompt: spoken, maxRetries: 0, maxOutputTokens: 200, onError: ({ error }) => void (failure = error) });
  let text = '';
  for await (const delta of textStream) text += delta;
  if (failure !== undefined) throw new Error('the stream failed', { cause: failure });
  return text;
}

interface Client {
  /** The model, or the first of many. */
  readonly of: string;
  readonly read: Read;
  /** Defects that it does not meet. */
  readonly spared?: readonly string[];
  /** What it tells of a stream that went wrong; any error unless given. */
  readonly error?: new (...given: never[]) => Error;
}

const clients: Readonly<Record<string, Client>> = {
  openai: {
    of: model,
    error: OpenAI.APIError,
    read: async (asked) => {
      const completion = await new OpenAI({ ...address(), maxRetries: 0 }).chat.completions.stream({ model: asked, messages: [{ role: 'user', content: spoken }] }).finalChatCompletion();
      expect(completion.choices[0]).toMatchObject({ index: 0, message: { role: 'assistant' } });
      expect(completion).toMatchObject({ id: expect.stringMatching(/./), model: asked });
      return completion.choices[0]?.message.content ?? '';
    },
  },
  'openai, responses': {
    of: model,
    // Of a response every item has its index on the wire; a worker without them does not speak this API.
    spared: ['no index'],
    read: async (asked) => {
      const { status, error, output_text } = await new OpenAI({ ...address(), maxRetries: 0 }).responses.stream({ model: asked, input: spoken }).finalResponse();
      if (status !== 'completed') throw new Error(`the response is ${status}: ${error?.code}`);
      return output_text;
    },
  },
  anthropic: { of: model, read: readMessages, error: Anthropic.APIError },
  'anthropic, translated': { of: chatOnlyModel, read: readMessages, error: Anthropic.APIError },
  '@ai-sdk/openai': { of: model, read: (asked) => readWithAiSdk(createOpenAI(address()).chat(asked)) },
  '@ai-sdk/openai-compatible': { of: model, read: (asked) => readWithAiSdk(createOpenAICompatible({ name: 'tacet', ...address() })(asked)) },
  '@openrouter/ai-sdk-provider': { of: model, read: (asked) => readWithAiSdk(createOpenRouter(address()).chat(asked)) },
  '@ai-sdk/anthropic': { of: model, read: (asked) => readWithAiSdk(createAnthropic(address())(asked)) },
  '@langchain/openai': {
    of: model,
    read: async (asked) => {
      const { baseURL, apiKey } = address();
      let text = '';
      for await (const chunk of await new ChatOpenAI({ model: asked, apiKey, maxRetries: 0, configuration: { baseURL } }).stream(spoken)) text += chunk.text;
      return text;
    },
  },
};

async function readMessages(asked: string): Promise<string> {
  const { url, apiKey } = deployment;
  const message = await new Anthropic({ baseURL: url, apiKey, maxRetries: 0 }).messages.stream({ model: asked, max_tokens: 200, messages: [{ role: 'user', content: spoken }] }).finalMessage();
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

/** What a good reader does not notice. */
const harmless = {
  'no usage': { usage: 'missing' },
  'usage at the end alone': { usage: 'final-only' },
  'no role': { noRole: true },
  'no index': { noIndex: true },
  'no envelope': { noEnvelope: true },
  'lines that end with CR LF': { crlf: true },
  'comments between events': { comments: true },
  'writes that end inside characters': { splitUtf8: true },
  'writes of one byte': { writeBytes: 1 },
  'many tokens in a chunk': { tokensPerChunk: 7 },
} as const;

/** What must not pass for an answer. */
const fatal = {
  'an error in the middle': { errorAfter: 5 },
  'a connection that breaks': { abortAfter: 5 },
  'an early end in good order': { endAfter: 5 },
  'a connection that breaks before the first token': { abortAfter: 0 },
} as const;

/** A worker that misbehaved is left alone for a while, so that every test has a model of its own. */
let used = 0;
const nextModel = (of: string) => `${of}-${used++}`;

describe.each(Object.entries(clients))('%s', (_, { of, read, spared = [], error = Error }) => {
  test.each(Object.entries(harmless).filter(([name]) => !spared.includes(name)))('reads a stream with %s', async (_defect, demo) => {
    const asked = nextModel(of);
    await deployment.nextAnswer({ echo: true, ...demo }, asked);
    expect(await read(asked)).toBe(spoken);
  });

  test.each(Object.entries(fatal))('is told of %s', async (_defect, demo) => {
    const asked = nextModel(of);
    await deployment.nextAnswer({ echo: true, ...demo }, asked);
    await expect(read(asked)).rejects.toBeInstanceOf(error);
  });
});
