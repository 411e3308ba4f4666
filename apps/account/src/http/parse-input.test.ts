import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { emailSchema } from '../accounts/email.ts';
import { cursorSchema, decodeCursor, encodeCursor } from './cursor.ts';
import { parseInput } from './parse-input.ts';

const schema = z.strictObject({
  text: z.string().max(3),
  number: z.int().min(1).max(9),
  choice: z.enum(['a', 'b']),
  list: z.array(z.strictObject({ id: z.uuid() })).max(2),
  either: z.union([z.string(), z.number()]),
});
const good = { text: 'abc', number: 5, choice: 'a', list: [], either: 1 };

test.each([
  [{ text: 'canary' }, 'text', 'text must be at most 3 characters.'],
  [{ text: undefined }, 'text', 'text is required and of type string.'],
  [{ number: 'canary' }, 'number', 'number is required and of type number.'],
  [{ number: 99 }, 'number', 'number must be at most 9.'],
  [{ choice: 'canary' }, 'choice', 'choice must be one of a, b.'],
  [{ list: [{ id: 'canary' }] }, 'list.0.id', 'list.0.id must be a valid uuid.'],
  [{ list: [1, 2, 3].map(() => ({ id: '01900000-0000-7000-8000-000000000000' })) }, 'list', 'list must be at most 2 entries.'],
  [{ either: { canary: 1 } }, 'either', 'either is not valid.'],
  [{ canary: 1 }, undefined, 'The input has a field that is not known here.'],
])('%j: %s', (change, param, message) => {
  const error = (() => {
    try {
      parseInput(schema, { ...good, ...change });
    } catch (caught) {
      return caught;
    }
    return undefined;
  })();
  expect(error).toMatchObject({ code: 'field_invalid', param, message });
});

test.each([
  ['Ada@Example.TEST', 'ada@example.test'],
  ['a+b.c@sub.example.test', 'a+b.c@sub.example.test'],
  ['müller@example.test', 'müller@example.test'],
  ['a@localhost', 'a@localhost'],
])('%s is the address %s', (text, address) => {
  expect(emailSchema.parse(text)).toBe(address);
});

test.each(['', '@', 'a@', '@b', 'a b@c', 'a@b@c', 'a@b,c@d', '<a@b>', 'a@b\r\nx: y', `${'x'.repeat(65)}@b`, `a@${'x'.repeat(254)}`])(
  '%j is no address',
  (text) => {
    expect(emailSchema.safeParse(text).success).toBe(false);
  },
);

test('a cursor comes back as it was, and nothing else is one', () => {
  const place = { atMs: 5, shownIds: ['x'] };
  const placeSchema = z.strictObject({ atMs: z.int(), shownIds: z.array(z.string()) });
  expect(decodeCursor(placeSchema, encodeCursor(place))).toEqual(place);
  expect(decodeCursor(placeSchema, undefined)).toBeUndefined();
  for (const text of ['', 'canary', encodeCursor(5)])
    expect(() => decodeCursor(placeSchema, text)).toThrow(expect.objectContaining({ code: 'field_invalid', param: 'cursor' }));
  expect(cursorSchema.safeParse('x'.repeat(16_385)).success).toBe(false);
});
