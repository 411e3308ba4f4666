import { expect, test } from '@jest/globals';
import { isRefusal, readChatRequest, type ChatRequest } from './read-request.ts';

const messages = [{ role: 'user', content: 'hello' }];
const read = (fields: object) => readChatRequest(Buffer.from(JSON.stringify({ model: 'm', messages, ...fields })), 'm');

test('a plain request gets the defaults', () => {
  expect(read({})).toEqual({ messages, stream: false, includeUsage: false, continuousUsage: false, limit: undefined, stops: [], sampling: { temperature: 0.2, topP: 0.9, seed: undefined } });
});

test('parts of text are joined, developers are systems, the smaller limit holds, an empty stop is none', () => {
  const parts = [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }];
  const request = read({ messages: [{ role: 'developer', content: parts }], max_tokens: 9, max_completion_tokens: 4, stop: ['x', ''], tools: [], n: 1, logprobs: false, response_format: { type: 'text' } }) as ChatRequest;
  expect([request.messages, request.limit, request.stops]).toEqual([[{ role: 'system', content: 'ab' }], 4, ['x']]);
});

test.each([
  [{ model: 'other' }, 404, 'model'],
  [{ messages: [] }, 400, 'messages'],
  [{ messages: [null] }, 400, 'messages'],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 400, 'messages'],
  [{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] }, 400, 'messages'],
  [{ tools: [{ type: 'function' }] }, 400, 'tools'],
  [{ n: 2 }, 400, 'n'],
  [{ logprobs: true }, 400, 'logprobs'],
  [{ response_format: { type: 'json_object' } }, 400, 'response_format'],
  [{ max_tokens: 0 }, 400, 'max_tokens'],
  [{ max_completion_tokens: 1.5 }, 400, 'max_completion_tokens'],
  [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 400, 'stop'],
  [{ stop: 7 }, 400, 'stop'],
  [{ temperature: -1 }, 400, 'temperature'],
  [{ top_p: 0 }, 400, 'top_p'],
  [{ seed: -1 }, 400, 'seed'],
])('%j is refused with %i, and the message quotes nothing', (fields, status, param) => {
  const refusal = read(fields);
  expect(isRefusal(refusal) && [refusal.status, refusal.param]).toEqual([status, param]);
});

test('what is not an object of JSON is refused without a byte of it', () => {
  for (const text of ['{"canary', '[]', 'null', '']) {
    const refusal = readChatRequest(Buffer.from(text), 'm');
    expect(isRefusal(refusal) && refusal.status).toBe(400);
    expect(JSON.stringify(refusal)).not.toContain('canary');
  }
});
