import { expect, test } from '@jest/globals';
import { countMedia, countMediaParts, findField, findRemoteTool, findUntextual, JsonError, scanObject, type MediaParts } from './index.ts';

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
