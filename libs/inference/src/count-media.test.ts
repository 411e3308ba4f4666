import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countMedia, countMediaParts, countTexts, findField, findRemoteTool, findUntextual, foldName, JsonError, scanObject, type MediaParts } from './index.ts';

function mediaOf(messages: unknown, raw?: string): MediaParts {
  const object = scanObject(Buffer.from(raw ?? JSON.stringify({ messages })));
  return countMedia(object, findField(object, 'messages')!);
}

const said = (...content: object[]) => [{ role: 'user', content }];

test.each<[what: string, parts: object[], expected: MediaParts]>([
  ['text, thoughts and tool calls', [{ type: 'text', text: 'x' }, { type: 'thinking', thinking: 'x' }, { type: 'redacted_thinking', data: 'abc' }, { type: 'tool_use', id: 'a', name: 'b', input: { url: 'http://x/' } }], { count: 0, bytes: 0, remote: false }],
  ['Anthropic’s inline image', [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'abcd' } }], { count: 1, bytes: 4, remote: false }],
  ['Anthropic’s remote image', [{ type: 'image', source: { type: 'url', url: 'http://x/' } }], { count: 1, bytes: 0, remote: true }],
  ['a stored file', [{ type: 'document', source: { type: 'file', file_id: 'f' } }], { count: 1, bytes: 0, remote: true }],
  ['a document of text, whose bytes are text', [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'abcd' } }], { count: 1, bytes: 0, remote: false }],
  ['an image in the result of a tool', [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: { type: 'url', url: 'http://x/' } }] }], { count: 1, bytes: 0, remote: true }],
  ['the text of a tool’s result', [{ type: 'tool_result', tool_use_id: 'a', content: 'http://x/' }], { count: 0, bytes: 0, remote: false }],
  ['a tool’s result that is also an image', [{ type: 'tool_result', tool_use_id: 'a', content: 'x', image_url: 'http://x/' }], { count: 1, bytes: 0, remote: true }],
  ['a text that is also an image', [{ type: 'text', text: 'x', image_url: { url: 'http://x/' } }], { count: 1, bytes: 0, remote: true }],
  ['an image of responses', [{ type: 'input_image', image_url: 'data:image/png;base64,abcd' }], { count: 1, bytes: 26, remote: false }],
])('%s', (_what, parts, expected) => {
  expect(mediaOf(said(...parts))).toEqual(expected);
});

test('what a function of responses gave back is looked at too', () => {
  expect(mediaOf([{ type: 'function_call_output', call_id: 'a', output: [{ type: 'input_image', image_url: 'http://x/' }] }])).toMatchObject({ count: 1, remote: true });
});

test('parts of `system` are parts', () => {
  const object = scanObject(Buffer.from(JSON.stringify({ system: [{ type: 'text', text: 'x' }, { type: 'image', source: { type: 'url', url: 'http://x/' } }] })));
  expect(countMediaParts(object, findField(object, 'system')!)).toMatchObject({ count: 1, remote: true });
});

test.each([
  '{"messages":[{"content":[{"type":"text","type":"text","text":"x"}]}]}',
  '{"messages":[{"content":[{"type":"text","type":"image","source":{"type":"url","url":"http://x/"}}]}]}',
  '{"messages":[{"content":[{"type":"image","type":"tool_use","source":{"type":"url","url":"http://x/"}}]}]}',
  '{"messages":[{"content":[{"type":"image","source":{"url":"data:,x","url":"http://x/"}}]}]}',
])('a part that two readers could see differently is refused: %s', (raw) => {
  expect(() => mediaOf(undefined, raw)).toThrow(JsonError);
});

test('texts are strings, lists of them or of tokens, and objects that hold a text; all else is named', () => {
  const find = (body: object) => findUntextual(scanObject(Buffer.from(JSON.stringify(body))), ['input']);
  for (const input of ['x', ['x'], [1, 2], [[1], [2]], [{ text: 'x' }]]) expect(find({ input })).toBeUndefined();
  for (const input of [[{ image: 'x' }], { video: 'x' }, [[[1]]], [{ content: [{ type: 'image' }] }]]) expect(find({ input })).toBe('input');
  expect(find({ input: 'x', other: [[{}]] })).toBe('other');
});

test('tools on other servers are seen, those described in the request are not', () => {
  const find = (tools: unknown) => findRemoteTool(scanObject(Buffer.from(JSON.stringify({ tools }))), 'tools');
  expect([find([{ type: 'function', name: 'url', parameters: { properties: { url: {} } } }]), find(undefined), find('x')]).toEqual([false, false, false]);
  expect([find([{ type: 'mcp', server_url: 'http://x/' }]), find([{ type: 'url', url: 'http://x/' }]), find([{ SERVER_URL: 'x' }])]).toEqual([true, true, true]);
});

/** The readable twin: what stands in a part is looked at when it has been parsed. Throws where two readers could differ. */
class ReadableTwin implements MediaParts {
  count = 0;
  bytes = 0;
  remote = false;

  content(value: unknown): void {
    for (const part of Array.isArray(value) ? value : [value]) if (typeof part === 'object' && part !== null && !Array.isArray(part)) this.part(part as Record<string, unknown>);
  }

  part(part: Record<string, unknown>): void {
    const folded = namesOf(part);
    const { type, content } = foldedOf(part);
    const isText = ['text', 'input_text', 'output_text', 'refusal', 'thinking', 'tool_use'].includes(String(type));
    const isMedia = folded.some((name) => ['url', 'data', 'image_url', 'file_id', 'uuid'].includes(name));
    const repeated = folded.filter((name, i) => folded.indexOf(name) !== i);
    if (repeated.includes('type')) throw new Error('ambiguous');
    if (folded.length === 0 || type === 'redacted_thinking') return;
    if (repeated.length > 0 && (isMedia || !isText)) throw new Error('ambiguous');
    if (type === 'tool_result') this.content(content);
    if ((isText || type === 'tool_result') && !isMedia) return;
    this.count++;
    this.data(part, 0);
  }

  data(part: Record<string, unknown>, depth: number): void {
    const before = this.bytes;
    const folded = namesOf(part);
    if (folded.some((name, i) => folded.indexOf(name) !== i)) throw new Error('ambiguous');
    for (const [name, value] of Object.entries(foldedOf(part))) {
      if (['file_id', 'uuid'].includes(name) && value !== null) this.remote = true;
      else if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth === 0) this.data(value as Record<string, unknown>, 1);
      else if (typeof value === 'string' && ['url', 'data', 'image_url'].includes(name)) {
        if (name === 'data' || value.startsWith('data:')) this.bytes += JSON.stringify(value).length - 2;
        else this.remote = true;
      }
    }
    if (foldedOf(part)['type'] === 'text') this.bytes = before;
  }
}

const namesOf = (part: object) => Object.keys(part).map((name) => foldName(name));
const foldedOf = (part: object): Record<string, unknown> => Object.fromEntries(Object.entries(part).map(([name, value]) => [foldName(name), value as unknown]));

const simpleMember = fc.constantFrom<[string, unknown]>(
  ['type', 'text'], ['type', 'text'], ['type', 'input_text'], ['type', 'image_url'], ['type', 'tool_result'], ['type', 'redacted_thinking'], ['type', 'text2'], ['type', null], ['text', 'a "b" {'], ['text', 5],
  ['cache_control', { type: 'ephemeral' }], ['Type', 'text'], ['Text', 'x'], ['url', 'http://x/'], ['data', 'abcd'], ['image_url', 'data:abc'], ['image_url', { url: 'http://x/' }], ['source', { type: 'text', data: 'abc' }],
  ['source', { type: 'base64', data: 'abc' }], ['file_id', 'f'], ['file_id', null], ['uuid', 'u'], ['id', 'i'],
);
const simplePart = fc.array(simpleMember, { maxLength: 4 }).map((members): unknown => Object.fromEntries(members));
const nestedPart = fc.tuple(fc.array(simplePart, { maxLength: 2 }), fc.array(simpleMember, { maxLength: 1 })).map(([content, others]): unknown => ({ type: 'tool_result', content, ...Object.fromEntries(others) }));
const anyContent = fc.oneof(fc.array(fc.oneof(simplePart, simplePart, nestedPart, fc.constantFrom<unknown>('x', 1, null, [])), { maxLength: 3 }), simplePart, fc.constant('text'));

test('parts are counted as a reader of parsed messages counts them', () => {
  fc.assert(
    fc.property(fc.array(anyContent, { maxLength: 3 }), fc.constantFrom(undefined, 1), (contents, indent) => {
      // What is deep makes sure that it is looked at.
      const all = [...contents.map((content) => ({ role: 'user', content })), { role: 'user', deep: [[1]] }];
      const twin = new ReadableTwin();
      let expected: MediaParts | undefined;
      try {
        for (const content of contents) twin.content(content);
        expected = { count: twin.count, bytes: twin.bytes, remote: twin.remote };
      } catch {
        expected = undefined;
      }
      const raw = JSON.stringify({ messages: all }, null, indent);
      if (expected === undefined) expect(() => mediaOf(undefined, raw)).toThrow(JsonError);
      else expect([raw, mediaOf(undefined, raw)]).toEqual([raw, expected]);
    }),
    { numRuns: 5_000 },
  );
});

test('a list of texts is a batch; a text, and a list of tokens, is one', () => {
  const count = (input: unknown) => countTexts(scanObject(Buffer.from(JSON.stringify({ input }, null, 1))), 'input');
  expect(['x', ['x'], ['x', 'y'], [1, 2, 3], [-1], [[1, 2], [3]], ['x', 1], [], null].map((input) => count(input))).toEqual([1, 1, 2, 1, 1, 2, 1, 0, 0]);
});
