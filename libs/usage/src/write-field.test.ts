import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeId, writeU32, writeU64 } from './write-field.ts';

/** 24 bytes of noise with what was written at 4, so that what is left alone is seen. */
const written = (write: (target: Buffer) => void) => {
  const target = Buffer.alloc(24, 0xa5);
  write(target);
  return target;
};

test('numbers are written as Buffer writes them, and nothing beside them', () => {
  const edges = fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.oneof(edges, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), fc.maxSafeNat(), (u32, u64, safe) => {
      expect(written((target) => writeU32(target, u32, 4))).toEqual(written((target) => target.writeUInt32BE(u32, 4)));
      expect(written((target) => writeU64(target, u64, 4))).toEqual(written((target) => target.writeBigUInt64BE(u64, 4)));
      expect(written((target) => writeU64(target, safe, 4))).toEqual(written((target) => target.writeBigUInt64BE(BigInt(safe), 4)));
    }),
  );
});

test('an id is written whole', () => {
  const id = Buffer.from('000102030405060708090a0b0c0d0eff', 'hex');
  expect(written((target) => writeId(target, id, 4))).toEqual(written((target) => target.set(id, 4)));
});

test.each([-1, 0.5, 2 ** 32, NaN, Infinity])('%p is no u32', (value) => {
  expect(() => written((target) => writeU32(target, value, 4))).toThrow(expect.objectContaining({ name: 'RangeError' }));
});

test.each([-1, 0.5, 2 ** 64, NaN, Infinity, -1n, 2n ** 64n])('%p is no u64', (value) => {
  expect(() => written((target) => writeU64(target, value, 4))).toThrow(expect.objectContaining({ name: 'RangeError' }));
});
