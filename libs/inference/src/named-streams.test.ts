/** Streams of completions, responses and messages: what passes, what is repaired, what is counted. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatStream, MessagesStream, ResponsesStream, StreamError, type AnswerStream } from './index.ts';

const fallback = { id: 'f-1', created: 1, model: 'asked' };
const tail = fc.constantFrom({}, { usage: null }, { usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
const choice = fc.record(
  { index: fc.integer({ min: 0, max: 2 }), text: fc.oneof(fc.constantFrom('', ' "index":9,"text":"x"', '\\"'), fc.string({ unit: 'grapheme' })), logprobs: fc.constant(null), finish_reason: fc.constantFrom(null, null, null, 'stop') },
  { requiredKeys: [] },
);
const reversed = choice.map((value) => Object.fromEntries(Object.entries(value).toReversed()));

test('chunks of text completions take the fast way and the slow way alike', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(fc.oneof(choice, reversed), { minLength: 1, maxLength: 2 }), tail), { maxLength: 12 }), fc.boolean(), (chunks, showUsage) => {
      const stream = new ChatStream({ kind: 'text', showUsage, usageIsTotal: true, fallback });
      let counted = 0;
      for (const [choices, more] of chunks) {
        const out = stream.read(Buffer.from(JSON.stringify({ id: 'c', object: 'text_completion', created: 5, model: 'm', choices, ...more })));
        const repaired = choices.map((value, position) => ({ index: position, text: '', finish_reason: null, ...value }));
        if (repaired.some(({ text }) => text !== '')) counted++;
        expect(JSON.parse(out!.toString())).toEqual({ id: 'c', object: 'text_completion', created: 5, model: 'm', choices: repaired, ...(showUsage ? { usage: null } : {}) });
        expect(stream.countedOutput).toBe(counted);
      }
    }),
    { numRuns: 300 },
  );
});

/** Feeds events; what comes back, with what ends the stream, as names and values. */
function run(stream: AnswerStream, events: readonly object[]): { name: string; data: Record<string, unknown> }[] {
  const told: string[] = [];
  for (const event of events) {
    const out = stream.read(Buffer.from(JSON.stringify(event)), '');
    if (out) told.push(out.toString());
  }
  if (stream.isFinished) told.push(...stream.closing(stream.usage, '0.25').map(String), stream.last(stream.usage, '0.25').trimEnd());
  return told.map((lines) => {
    const [name = '', data = ''] = lines.split('\n');
    return { name: name.slice(7), data: JSON.parse(data.slice(6)) as Record<string, unknown> };
  });
}

const start = (usage: object) => ({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null, usage } });
const text = (value: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: value } });

test('recorded: Anthropic, whose last event does not repeat the prompt', () => {
  const stream = new MessagesStream(fallback);
  const events = run(stream, [
    start({ input_tokens: 10, cache_read_input_tokens: 5, cache_creation_input_tokens: 2, output_tokens: 1 }), { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }, { type: 'ping' }, text('a'), text('b'),
    { type: 'content_block_stop', index: 0 }, { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 15 } }, { type: 'message_stop' },
  ]);
  expect(stream.usage).toEqual({ input: 12, cached: 5, output: 15, hostile: false });
  expect([stream.isExact, stream.isDone, stream.countedOutput]).toEqual([true, true, 2]);
  expect(events.map(({ name }) => name)).toEqual(['message_start', 'content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);
  expect(events.at(-2)!.data).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 15, input_tokens: 12, cache_read_input_tokens: 5, cost: 0.25 } });
});

test('recorded: vLLM, which tells the prompt at the end, and whose ending may come twice', () => {
  const stream = new MessagesStream(fallback);
  const events = run(stream, [start({ input_tokens: 0, output_tokens: 0 }), text('a'), { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }, { type: 'message_delta', delta: {}, usage: { input_tokens: 7, output_tokens: 2, cost: 9 } }, { type: 'message_stop' }]);
  expect(stream.usage).toEqual({ input: 7, cached: 0, output: 2, hostile: false });
  expect(events.slice(-3).map(({ data }) => [data['type'], (data['usage'] as { cost?: number } | undefined)?.cost])).toEqual([['message_delta', undefined], ['message_delta', 0.25], ['message_stop', undefined]]);
});

test('until the total is told what was seen is counted, with the prompt that was told first', () => {
  const stream = new MessagesStream(fallback);
  run(stream, [start({ input_tokens: 10, output_tokens: 0 }), text('a'), text('b')]);
  expect([stream.usage, stream.isExact, stream.isFinished]).toEqual([{ input: 10, cached: 0, output: 2, hostile: false }, false, false]);
  expect(stream.cutEvents().map((event) => event.toString().split('\n')[0])).toEqual(['event: message_delta']);
});

const response = (status: string, usage: object | null) => ({ id: 'resp_1', object: 'response', created_at: 3, model: 'm', status, output: [], usage });

test.each(['response.completed', 'response.incomplete'])('%s ends a response, tells its usage and waits for the bill', (type) => {
  const stream = new ResponsesStream(fallback);
  expect(stream.keepAlive).toBe(': keepalive\n');
  const events = run(stream, [
    { type: 'response.created', sequence_number: 0, response: response('in_progress', null) }, { type: 'response.output_text.delta', sequence_number: 1, delta: 'a' },
    { type, sequence_number: 2, response: response('x', { input_tokens: 7, input_tokens_details: { cached_tokens: 3 }, output_tokens: 4, total_tokens: 11 }) },
  ]);
  expect(stream.usage).toEqual({ input: 4, cached: 3, output: 4, hostile: false });
  expect(stream.keepAlive).toMatch(/^event: keepalive\n/);
  expect(events.at(-1)).toMatchObject({ name: type, data: { sequence_number: 2, response: { id: 'resp_1', usage: { output_tokens: 4, cost: 0.25 } } } });
});

test('a failed response tells what it used, and its own failure follows in number and name', () => {
  const stream = new ResponsesStream(fallback);
  run(stream, [{ type: 'response.created', sequence_number: 0, response: response('in_progress', null) }, { type: 'response.output_text.delta', sequence_number: 1, delta: 'a' }]);
  expect(() => run(stream, [{ type: 'response.failed', sequence_number: 2, response: response('failed', { input_tokens: 7, output_tokens: 4, total_tokens: 11 }) }])).toThrow(StreamError);
  expect([stream.hasTotal, stream.output]).toEqual([true, 4]);
  expect(JSON.parse(stream.failure('worker_failed', 'It broke.').split('\n')[1]!.slice(6))).toMatchObject({ type: 'response.failed', sequence_number: 3, response: { id: 'resp_1', status: 'failed', error: { code: 'worker_failed' } } });
});

test.each<[what: string, data: string]>([
  ['no JSON', '{"type":"content_block_delta","delta":"canary'],
  ['no type', '{"canary":1}'],
  ['a type that would break out of its line', '{"type":"a\\n\\ndata: canary"}'],
  ['an array', '["canary"]'],
])('an event that is %s is not passed on, and not quoted', (_what, data) => {
  for (const stream of [new MessagesStream(fallback), new ResponsesStream(fallback)]) {
    expect(() => stream.read(Buffer.from(data), '')).toThrow(expect.objectContaining({ reason: 'invalid_chunk', message: expect.not.stringContaining('canary') as unknown }));
  }
});

test('an error in a stream is the worker’s failure', () => {
  for (const stream of [new MessagesStream(fallback), new ResponsesStream(fallback)]) {
    expect(() => stream.read(Buffer.from('{"type":"error","error":{"message":"canary"}}'), 'error')).toThrow('the worker reported an error in its stream');
  }
});

test('the events with which an engine answers before it has read the prompt are no beginning', () => {
  const messages = new MessagesStream(fallback);
  run(messages, [start({ input_tokens: 10, output_tokens: 0 }), { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }]);
  const responses = new ResponsesStream(fallback);
  run(responses, [{ type: 'response.created', response: response('in_progress', null) }, { type: 'response.in_progress', response: response('in_progress', null) }]);
  expect([messages.hasBegun, responses.hasBegun]).toEqual([false, false]);
  run(messages, [text('a')]);
  run(responses, [{ type: 'response.output_text.delta', delta: 'a' }]);
  expect([messages.hasBegun, responses.hasBegun]).toEqual([true, true]);
});
