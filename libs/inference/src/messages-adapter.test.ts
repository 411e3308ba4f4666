/** The adapter between `/v1/messages` and chat completions: recorded sequences, and properties against an inverse that is written for reading. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonError, MessagesFromChat, toChatRequest, toMessage } from './index.ts';

type Fields = Record<string, unknown>;

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const id = fc.stringMatching(/^[a-z]{1,8}$/);
const json = fc.dictionary(id, fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 3, noNullPrototype: true });
const text = word.map((value) => ({ type: 'text', text: value }));
const image = fc.oneof(
  fc.base64String({ minLength: 4 }).map((data) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } })),
  fc.webUrl().map((url) => ({ type: 'image', source: { type: 'url', url } })),
);
const result = fc.record({ type: fc.constant('tool_result'), tool_use_id: id, content: word });
const user = fc.oneof(
  word,
  fc.tuple(fc.array(result, { minLength: 1, maxLength: 2 }), fc.array(fc.oneof(text, image), { maxLength: 3 })).map(([results, parts]) => [...results, ...parts] as Fields[]),
  fc.array(fc.oneof(text, image), { minLength: 2, maxLength: 3 }),
);
const toolUse = fc.record({ type: fc.constant('tool_use'), id, name: id, input: json });
const assistant = fc.oneof(
  word,
  fc.tuple(fc.option(word), fc.array(text, { maxLength: 2 }), fc.array(toolUse, { minLength: 1, maxLength: 2 })).map(([thinking, texts, calls]) => [...(thinking === null ? [] : [{ type: 'thinking', thinking, signature: '' }]), ...texts, ...calls] as Fields[]),
);
const turn = fc.tuple(user, assistant).map(([asked, said]) => [{ role: 'user', content: asked }, { role: 'assistant', content: said }]);
const choice = fc.oneof(
  fc.constantFrom('auto', 'any', 'none').map((type) => ({ type })),
  id.map((name) => ({ type: 'tool', name })),
);
const request: fc.Arbitrary<Fields> = fc.record(
  {
    model: id, max_tokens: fc.integer({ min: 1, max: 1e6 }),
    messages: fc.tuple(fc.array(turn, { maxLength: 2 }), user).map(([turns, last]) => [...turns.flat(), { role: 'user', content: last }]),
    system: word, temperature: fc.constantFrom(0, 0.5, 1), top_p: fc.constantFrom(0.1, 1), stream: fc.boolean(), stop_sequences: fc.array(word, { maxLength: 2 }),
    tools: fc.array(fc.record({ name: id, description: word, input_schema: json }), { minLength: 1, maxLength: 2 }), tool_choice: choice, future: json,
  },
  { requiredKeys: ['model', 'max_tokens', 'messages'] },
);

/** The inverse: what a chat completion request says, in terms of messages. */
function fromChatRequest(chat: Fields): Fields {
  const { messages, tools, tool_choice: chosen, stop, ...rest } = chat as { messages: Fields[]; tools?: { function: Fields }[]; tool_choice?: unknown; stop?: unknown };
  const said: { role: string; content: unknown }[] = [];
  const system = messages[0]?.['role'] === 'system' ? messages.shift() : undefined;
  for (const { role, content, tool_call_id: callId, tool_calls: calls, reasoning_content: thinking } of messages) {
    const last = said.at(-1);
    if (role === 'tool') {
      const block = { type: 'tool_result', tool_use_id: callId, content };
      if (last?.role === 'user') (last.content as unknown[]).push(block);
      else said.push({ role: 'user', content: [block] });
    } else if (role === 'user') {
      if (last?.role === 'user') (last.content as unknown[]).push(...blocksOf(content));
      else said.push({ role, content: typeof content === 'string' ? content : blocksOf(content) });
    } else {
      const uses = ((calls ?? []) as { id: string; function: { name: string; arguments: string } }[]).map((call) => ({ type: 'tool_use', id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) as unknown }));
      const thoughts = thinking === undefined ? [] : [{ type: 'thinking', thinking, signature: '' }];
      said.push({ role: 'assistant', content: uses.length + thoughts.length === 0 ? content : [...thoughts, ...blocksOf(content), ...uses] });
    }
  }
  return {
    ...rest, messages: said,
    ...(system ? { system: system['content'] } : {}),
    ...(stop === undefined ? {} : { stop_sequences: stop }),
    ...(tools ? { tools: tools.map(({ function: { name, description, parameters } }) => ({ name, description, input_schema: parameters })) } : {}),
    ...(chosen === undefined ? {} : { tool_choice: typeof chosen === 'string' ? { type: chosen === 'required' ? 'any' : chosen } : { type: 'tool', name: (chosen as { function: { name: string } }).function.name } }),
  };
}

function blocksOf(content: unknown): unknown[] {
  if (content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (content as { type: string; image_url?: { url: string } }[]).map((part) => {
    if (part.type === 'text') return part;
    const { url } = part.image_url!;
    const inline = /^data:([^;]+);base64,(.*)$/.exec(url);
    return { type: 'image', source: inline ? { type: 'base64', media_type: inline[1], data: inline[2] } : { type: 'url', url } };
  });
}

test('a request, translated there and back, loses nothing that both APIs can say', () => {
  fc.assert(fc.property(request, (given) => expect(fromChatRequest(structuredClone(toChatRequest(structuredClone(given), 'effort')))).toEqual(given)), { numRuns: 500 });
});

const answer = fc.record({
  thinking: fc.array(word, { maxLength: 3 }), texts: fc.array(word, { maxLength: 4 }),
  calls: fc.array(fc.record({ id, name: id, input: json }), { maxLength: 3 }), finish: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
});
const stops: Record<string, string> = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use', content_filter: 'refusal' };

test('a whole answer becomes the message that says the same', () => {
  fc.assert(
    fc.property(answer, ({ thinking, texts, calls, finish }) => {
      const message = {
        role: 'assistant', content: texts.join(''), reasoning_content: thinking.join(''),
        tool_calls: calls.map((call) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } })),
      };
      const told = toMessage({ id: 'chatcmpl-1', model: 'm', choices: [{ index: 0, message, finish_reason: finish }] }, { id: 'x', model: 'y' });
      expect(told).toEqual({
        id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: stops[finish], stop_sequence: null,
        content: [
          ...(thinking.length > 0 ? [{ type: 'thinking', thinking: thinking.join(''), signature: '' }] : []),
          ...(texts.length > 0 ? [{ type: 'text', text: texts.join('') }] : []),
          ...calls.map((call) => ({ type: 'tool_use', ...call })),
        ],
      });
    }),
  );
});

const fallback = { id: 'chatcmpl-f', created: 1, model: 'asked' };

/** What a client of Anthropic's streams puts together; it throws where events are out of order. */
class Reader {
  message: Fields = {};
  readonly names: string[] = [];
  #open: number | undefined;
  #arguments = '';

  read(lines: string): void {
    for (const event of lines.split('\n\n').filter((part) => part !== '')) {
      const [name = '', data = ''] = event.split('\n');
      const value = JSON.parse(data.slice(6)) as Fields & { type: string; index: number };
      expect(name).toBe(`event: ${value.type}`);
      this.names.push(value.type);
      this.#take(value);
    }
  }

  #take(event: Fields & { type: string; index: number }): void {
    const content = this.message['content'] as Fields[] | undefined;
    if (event.type === 'message_start') this.message = structuredClone(event['message']) as Fields;
    else if (event.type === 'content_block_start') {
      expect([this.#open, event.index]).toEqual([undefined, content!.length]);
      this.#open = event.index;
      this.#arguments = '';
      content!.push(event['content_block'] as Fields);
    } else if (event.type === 'content_block_delta') {
      expect(event.index).toBe(this.#open);
      const block = content![event.index]!;
      const delta = event['delta'] as Record<string, string>;
      if (delta['type'] === 'input_json_delta') this.#arguments += delta['partial_json'];
      for (const field of ['text', 'thinking']) if (delta[field] !== undefined) block[field] = String(block[field]) + delta[field];
    } else if (event.type === 'content_block_stop') {
      expect(event.index).toBe(this.#open);
      this.#open = undefined;
      if (this.#arguments !== '') content![event.index]!['input'] = JSON.parse(this.#arguments);
    } else if (event.type === 'message_delta') Object.assign(this.message, event['delta'], { usage: event['usage'] });
    else expect([event.type, this.#open]).toEqual(['message_stop', undefined]);
  }
}

function stream(chunks: readonly object[]): Reader {
  const translated = new MessagesFromChat({ usageIsTotal: true, fallback });
  const reader = new Reader();
  for (const chunk of chunks) {
    const event = translated.read(Buffer.from(JSON.stringify(chunk)));
    if (event) reader.read(event.toString());
  }
  expect(translated.read(Buffer.from('[DONE]'))).toBeUndefined();
  expect(translated.isDone).toBe(true);
  for (const event of translated.closing(translated.usage, '0.5')) reader.read(event.toString());
  reader.read(translated.last());
  return reader;
}

const chunkOf = (delta: object, finish: string | null = null, more: object = {}) => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 5, model: 'm', choices: [{ index: 0, delta, finish_reason: finish, ...more }] });
const usage = { choices: [], id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 5, model: 'm', usage: { prompt_tokens: 7, completion_tokens: 9, total_tokens: 16, prompt_tokens_details: { cached_tokens: 2 } } };

test('a streamed answer, put together by its client, is the message that the whole answer would have been', () => {
  fc.assert(
    fc.property(answer, fc.integer({ min: 1, max: 4 }), ({ thinking, texts, calls, finish }, step) => {
      const toolChunks = calls.flatMap((call, index) => {
        const parts = JSON.stringify(call.input).match(new RegExp(`[^]{1,${step}}`, 'g')) ?? [];
        return [{ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }, ...parts.map((part) => ({ tool_calls: [{ index, function: { arguments: part } }] }))];
      });
      const deltas = [{ role: 'assistant', content: '' }, ...thinking.map((part) => ({ reasoning_content: part })), ...texts.map((part) => ({ content: part })), ...toolChunks];
      const whole = toMessage(
        {
          id: 'chatcmpl-1', model: 'm',
          choices: [{ message: { content: texts.join(''), reasoning: thinking.join(''), tool_calls: calls.map((call) => ({ id: call.id, function: { name: call.name, arguments: JSON.stringify(call.input) } })) }, finish_reason: finish }],
        },
        fallback,
      );
      const { message } = stream([...deltas.map((delta) => chunkOf(delta)), chunkOf({}, finish), usage]);
      expect(message).toEqual({ ...whole, usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 9, cost: 0.5 } });
    }),
  );
});

test('recorded: vLLM with a thought, text and a stop string', () => {
  const { names, message } = stream([
    chunkOf({ role: 'assistant', content: '' }), chunkOf({ reasoning_content: 'Let me' }), chunkOf({ reasoning_content: ' see.' }), chunkOf({ content: 'Yes' }), chunkOf({ content: '.' }, 'stop', { stop_reason: 'END' }), usage,
  ]);
  expect(names).toEqual([
    'message_start', 'content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop', 'content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop',
  ]);
  expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END', content: [{ type: 'thinking', thinking: 'Let me see.' }, { type: 'text', text: 'Yes.' }] });
});

test('recorded: llama.cpp with its whole call in one chunk; SGLang with null fields; a worker that names nothing', () => {
  const llama = stream([chunkOf({ role: 'assistant', content: null }), chunkOf({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":' } }] }), chunkOf({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }), chunkOf({}, 'tool_calls'), usage]);
  expect(llama.message).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', id: 'c1', name: 'find', input: { q: 1 } }] });
  const sglang = stream([chunkOf({ role: 'assistant', content: '', reasoning_content: null, tool_calls: null }), chunkOf({ role: null, content: 'a', reasoning_content: null, tool_calls: null }), chunkOf({ content: null }, 'length', { matched_stop: null }), usage]);
  expect(sglang.message).toMatchObject({ id: 'msg_1', stop_reason: 'max_tokens', content: [{ type: 'text', text: 'a' }] });
  const bare = stream([{ choices: [{ delta: { content: 'a' } }] }, { choices: [{ delta: {}, finish_reason: 'stop' }] }]);
  expect(bare.message).toMatchObject({ id: 'msg_f', model: 'asked', role: 'assistant', content: [{ type: 'text', text: 'a' }] });
});

test('a stream that is cut ends in good form: its block is closed and its reason told', () => {
  const translated = new MessagesFromChat({ usageIsTotal: true, fallback });
  const reader = new Reader();
  reader.read(translated.read(Buffer.from(JSON.stringify(chunkOf({ role: 'assistant', content: 'a' }))))!.toString());
  for (const event of translated.cutEvents()) reader.read(event.toString());
  expect(reader.names.slice(-2)).toEqual(['content_block_stop', 'message_delta']);
  expect(reader.message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 1 } });
});

test('arguments for a call that was closed cannot be told', () => {
  const call = (index: number, name?: string) => chunkOf({ tool_calls: [{ index, id: `c${index}`, function: { ...(name ? { name } : {}), arguments: '1' } }] });
  expect(() => stream([call(0, 'a'), call(1, 'b'), call(0)])).toThrow('a chunk of the stream is not valid');
});

test.each<[what: string, fields: Fields]>([
  ['tools', { tools: [{ type: 'bash_20250124', name: 'bash' }] }],
  ['tool_choice', { tool_choice: { type: 'other' } }],
  ['messages', { messages: [{ role: 'system', content: 'x' }] }],
  ['messages', { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'canary' } }] }] }],
  ['messages', { messages: [{ role: 'assistant', content: [{ type: 'server_tool_use', name: 'canary' }] }] }],
  ['system', { system: [{ type: 'image', source: {} }] }],
])('what chat completions have no word for is refused by the name of %s, and never quoted', (field, fields) => {
  const translate = () => toChatRequest({ messages: [{ role: 'user', content: 'x' }], ...fields }, 'effort');
  expect(translate).toThrow(JsonError);
  expect(translate).toThrow(expect.objectContaining({ reason: 'field_invalid', field, message: expect.not.stringContaining('canary') as unknown }));
});

test('what would multiply an answer or lift its limit does not pass into a chat completion; what nobody knows does', () => {
  const chat = toChatRequest({ messages: [{ role: 'user', content: 'x' }], max_tokens: 5, n: 9, best_of: 9, max_completion_tokens: 9_999, stream_options: {}, top_k: 3, future: 1 }, 'effort');
  expect(chat).toEqual({ messages: [{ role: 'user', content: 'x' }], max_tokens: 5, top_k: 3, future: 1 });
});
