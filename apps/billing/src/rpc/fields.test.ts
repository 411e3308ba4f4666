import { expect, test } from '@jest/globals';
import { idBytes, idField, integerField, listField, messageField, nilUuid, optionalIdBytes, optionalIdField } from './fields.ts';

const refused = (param: string) => expect.objectContaining({ code: 'field_invalid', param });

test('an id is 16 bytes on the wire and text here, both ways', () => {
  const bytes = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  expect(idField('x', bytes)).toBe('00112233-4455-6677-8899-aabbccddeeff');
  expect(idBytes('00112233-4455-6677-8899-aabbccddeeff')).toEqual(bytes);
  for (const length of [0, 15, 17]) expect(() => idField('x', Buffer.alloc(length))).toThrow(refused('x'));
});

test('no key is an empty field on the wire and the nil UUID here', () => {
  expect(optionalIdField('x', Buffer.alloc(0))).toBe(nilUuid);
  expect(optionalIdBytes(nilUuid)).toEqual(Buffer.alloc(0));
  expect(() => optionalIdField('x', Buffer.alloc(3))).toThrow(refused('x'));
});

test('integers of 64 bits keep their value and their bounds', () => {
  expect(integerField('x', '9223372036854775807', 0n)).toBe(2n ** 63n - 1n);
  for (const text of ['9223372036854775808', '-1']) expect(() => integerField('x', text, 0n)).toThrow(refused('x'));
});

test('what proto3 cannot require is required here; lists have an end', () => {
  expect(() => messageField('x', null)).toThrow(refused('x'));
  expect(() => listField('x', [1, 2, 3], 2)).toThrow(expect.objectContaining({ code: 'batch_too_large' }));
});
