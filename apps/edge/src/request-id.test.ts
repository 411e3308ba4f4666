import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify, validate, version } from 'uuid';
import { newRequestId } from './request-id.ts';

test('an id is a UUIDv7 of its moment, and its text says its bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (nowMs) => {
      const { bytes, text } = newRequestId(nowMs);
      expect(bytes).toHaveLength(16);
      expect(text).toBe(stringify(bytes));
      expect(validate(text) && version(text)).toBe(7);
      expect(bytes.readUIntBE(0, 6)).toBe(nowMs);
    }),
  );
});

test('no two ids of a moment are alike, and each of their random bits is sometimes set and sometimes not', () => {
  const ids = Array.from({ length: 1_000 }, () => newRequestId(1));
  expect(new Set(ids.map(({ text }) => text)).size).toBe(1_000);
  const everSet = Buffer.alloc(16);
  const alwaysSet = Buffer.alloc(16, 0xff);
  for (const { bytes } of ids) {
    for (const [i, byte] of bytes.entries()) {
      everSet[i] = everSet[i]! | byte;
      alwaysSet[i] = alwaysSet[i]! & byte;
    }
  }
  expect(everSet.toString('hex')).toBe('0000000000017fffbfffffffffffffff');
  expect(alwaysSet.toString('hex')).toBe('00000000000170008000000000000000');
});
