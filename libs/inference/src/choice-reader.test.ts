import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { choiceIsEmpty, repairChunk, type ChatChoice, type ChunkKind } from './chat-chunk.ts';
import { ChoiceReader } from './choice-reader.ts';

const identity = { id: 'c', created: 1, model: 'm' };
const objects = { chat: 'chat.completion.chunk', text: 'text_completion' } as const;
const values = ['null', '""', '"a"', '"},{\\"index\\":7,\\\\"', '[]', '[{"index":1}]', '[[],{}]', '{}', '{"delta":{"content":"x"}}', '0', '3', '12', '123', '-1', '1.5', 'true'];
const deltas = [
  '{}', '{"content":"a"}', '{"content":""}', '{"content":null}', '{"role":"assistant","content":""}', '{"role":"","content":"a"}', '{ "content" : "a" }', '{"reasoning_content":"a","content":null}',
  '{"tool_calls":[]}', '{"tool_calls":[{"index":0}]}', '{"tool_calls":[{"id":"x"}]}', '{"content":"a","audio":{"data":[1,{"b":"}"}]}}', '{"role":null}', '{"cont\\u0065nt":"a"}', '{"content":[]}', 'null', '[]',
];
const member = fc.constantFrom(
  '"index":0', '"index":12', '"finish_reason":null', '"finish_reason":"stop"', '"text":"a"', '"text":""', '"logprobs":null', '"ind\\u0065x":5', '"stop_reason" : null',
  ...deltas.map((delta) => `"delta":${delta}`),
  ...['index', 'delta', 'text', 'finish_reason', 'logprobs', 'message'].flatMap((name) => values.map((value) => `"${name}":${value}`)),
);
const usual = { chat: ['"index":0', '"finish_reason":null', '"delta":{"content":"a"}'], text: ['"index":0', '"text":"a"', '"finish_reason":null'] } as const;
/** Few changes of what is usual, in any order. */
const members = (kind: ChunkKind) => fc.tuple(fc.shuffledSubarray([...usual[kind]], { minLength: 2 }), fc.array(member, { maxLength: 2 })).chain(([some, others]) => fc.shuffledSubarray([...some, ...others], { minLength: some.length + others.length }));

test.each<ChunkKind>(['chat', 'text'])('what is read of a choice of %s fast is what a parser reads, and needs no repair', (kind) => {
  let fast = 0;
  const reader = new ChoiceReader(kind);
  fc.assert(
    fc.property(members(kind), fc.constantFrom('', '', '', ',{"index":1}', ' '), fc.constantFrom(',', ', '), (given, behind, between) => {
      const text = `{${given.join(between)}}${behind}`;
      const json = Buffer.from(`[${text}]`);
      if (!reader.read(json, 1, json.length - 1)) return;
      fast++;
      const choices = JSON.parse(`[${text}]`) as ChatChoice[];
      expect(choices).toHaveLength(1);
      const [choice = {}] = choices;
      const isNew = repairChunk({ ...identity, object: objects[kind], choices }, kind, identity, new Set([choice.index as number]));
      expect([text, isNew, choice.index, choice.finish_reason]).toEqual([text, false, reader.index, null]);
      if (!hasTwice(text)) expect([text, reader.isEmpty]).toEqual([text, choiceIsEmpty(choice, kind)]);
    }),
    { numRuns: 10_000 },
  );
  expect(fast).toBeGreaterThan(1_000);
});

/** Of a member that stands twice the reader sees both, a parser the last. */
function hasTwice(text: string): boolean {
  return /"content".*"content"/.test(text);
}

test.each([
  '{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}',
  '{"index":0,"delta":{"content":"a\\"},{"},"logprobs":{"content":[{"token":"a","top_logprobs":[]},{"token":"b"}]},"finish_reason":null,"token_ids":null}',
  '{"delta":{"content":"a"},"index":3,"finish_reason":null}',
])('%s is read the fast way', (text) => {
  const json = Buffer.from(text);
  expect(new ChoiceReader('chat').read(json, 0, json.length)).toBe(true);
});

test('bytes that end anywhere are left to the slow way', () => {
  const text = '{"index":0,"delta":{"content":"a\\"","x":[{}]},"finish_reason":null}';
  for (let length = 0; length < text.length; length++) {
    const json = Buffer.from(text.slice(0, length));
    expect(new ChoiceReader('chat').read(json, 0, json.length)).toBe(false);
  }
});
