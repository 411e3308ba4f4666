import { expect, test } from '@jest/globals';
import { decodeMessageBody, decodeTitleBody, encodeMessageBody, encodeTitleBody, type MessageBody } from './message-body.ts';
import { inBatches, recordBytesMax } from './sealer.ts';

const body: MessageBody = {
  role: 'user',
  parentId: null,
  position: 4,
  revision: 1,
  createdAtMs: Date.parse('2026-03-04T05:06:07.008Z'),
  plaintextContent: 'Grüße\u0000 🫖',
  truncated: false,
};

test('what is sealed is the documented JSON, and comes back as it was', () => {
  expect(JSON.parse(encodeMessageBody(body).toString())).toEqual({
    role: 'user',
    parent_id: null,
    position: 4,
    revision: 1,
    created_at: '2026-03-04T05:06:07.008Z',
    content: 'Grüße\u0000 🫖',
  });
  expect(decodeMessageBody(encodeMessageBody(body), body)).toEqual(body);
  const cut = { ...body, role: 'assistant' as const, truncated: true };
  expect(JSON.parse(encodeMessageBody(cut).toString()).truncated).toBe(true);
  expect(decodeMessageBody(encodeMessageBody(cut), cut)).toEqual(cut);
});

test('a body does not open in another place than its own', () => {
  const sealed = encodeMessageBody(body);
  expect(decodeMessageBody(sealed, { ...body, position: 5 })).toBeUndefined();
  expect(decodeMessageBody(sealed, { ...body, parentId: '01900000-0000-7000-8000-000000000000' })).toBeUndefined();
});

test.each([
  '',
  '{',
  '[]',
  '{"role":"system","parent_id":null,"position":4,"revision":1,"created_at":"2026-03-04T05:06:07Z","content":""}',
  '{"title":"t","revision":1}',
])('%j is no message', (text) => {
  expect(decodeMessageBody(Buffer.from(text), body)).toBeUndefined();
});

test('a message that fits into no record is refused before it is sealed', () => {
  expect(() => encodeMessageBody({ ...body, plaintextContent: 'x'.repeat(recordBytesMax) })).toThrow(
    expect.objectContaining({ code: 'body_too_large', param: 'content' }),
  );
});

test('a title carries its revision', () => {
  expect(JSON.parse(encodeTitleBody({ plaintextTitle: 't', revision: 2 }).toString())).toEqual({ title: 't', revision: 2 });
  expect(decodeTitleBody(encodeTitleBody({ plaintextTitle: 't', revision: 2 }))).toEqual({ plaintextTitle: 't', revision: 2 });
  expect(decodeTitleBody(encodeMessageBody(body))).toBeUndefined();
});

test('batches keep the order, lose nothing, and stay within a call', () => {
  const sizes = [...Array.from({ length: 2_500 }, () => 10), 4_194_304, 1, 4_194_304, 5_000_000, 2_000_000, 2_000_000, 2_000_000];
  const batches = [...inBatches(sizes, (size) => size)];
  expect(batches.flat()).toEqual(sizes);
  for (const batch of batches)
    expect(batch.length <= 1_000 && (batch.length === 1 || batch.reduce((sum, size) => sum + size, 0) <= 4_194_304)).toBe(true);
  expect([...inBatches([], () => 1)]).toEqual([]);
});
