import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commitDek, dekIsCommitted, encodeBinding, encodeWrappedDek, parseWrappedDek, providerByte, RecordRefusedError, unwrapLocally, wrapLocally, type DekBinding } from '../src/index.ts';
import { hex, readVectors, type WrappedDekCase } from './read-vectors.ts';

const { cases } = readVectors('wrapped-dek.json') as { cases: WrappedDekCase[] };
const named = cases.map((entry) => [entry.name, entry] as const);

function bindingOf({ dek, dekVersion, kekId, account, createdMs }: WrappedDekCase): DekBinding {
  return { provider: providerByte.local, kekId, dekVersion, accountId: hex(account), createdMs, commitment: commitDek(createSecretKey(hex(dek))) };
}

test.each(named)('%s: wrapping gives exactly the vector', (_, entry) => {
  const binding = bindingOf(entry);
  const blob = wrapLocally(createSecretKey(hex(entry.kek)), createSecretKey(hex(entry.dek)), binding, () => hex(entry.nonce));
  expect(encodeWrappedDek({ ...binding, kekVersion: entry.kekVersion, blob }).toString('hex')).toBe(entry.wrapped);
});

test.each(named)('%s: unwrapping gives the DEK and what it is bound to', (_, entry) => {
  const wrapped = parseWrappedDek(hex(entry.wrapped));
  const { kekId, kekVersion, dekVersion, createdMs } = wrapped;
  expect({ kekId, kekVersion, dekVersion, createdMs, account: Buffer.from(wrapped.accountId).toString('hex') }).toEqual({
    kekId: entry.kekId,
    kekVersion: entry.kekVersion,
    dekVersion: entry.dekVersion,
    createdMs: entry.createdMs,
    account: entry.account,
  });
  const dek = unwrapLocally(createSecretKey(hex(entry.kek)), wrapped, wrapped.blob);
  expect(dek.export().toString('hex')).toBe(entry.dek);
  expect(dekIsCommitted(dek, wrapped)).toBe(true);
});

test.each(named)('%s: a flipped bit anywhere is refused, but for the KEK version, which is not bound', (_, entry) => {
  const bytes = hex(entry.wrapped);
  const kek = createSecretKey(hex(entry.kek));
  const survivors: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    try {
      const wrapped = parseWrappedDek(flipped);
      unwrapLocally(kek, wrapped, wrapped.blob);
      survivors.push(bit >> 3);
    } catch (error) {
      if (!(error instanceof RecordRefusedError)) throw error;
    }
  }
  expect([...new Set(survivors)]).toEqual([8, 9, 10, 11]);
});

test('cut or extended, it is refused', () => {
  const bytes = hex(cases[0]!.wrapped);
  for (let length = 0; length < bytes.length; length++) expect(() => parseWrappedDek(bytes.subarray(0, length))).toThrow(RecordRefusedError);
  expect(() => parseWrappedDek(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(RecordRefusedError);
});

test('a kek_id that is not UTF-8 and a time beyond 2^53 are refused', () => {
  const invalid = hex(cases[0]!.wrapped);
  invalid[5] = 0xff;
  expect(() => parseWrappedDek(invalid)).toThrow(RecordRefusedError);
  const late = hex(cases[0]!.wrapped);
  late.fill(0xff, 32, 40);
  expect(() => parseWrappedDek(late)).toThrow(RecordRefusedError);
});

test('another DEK is not committed to', () => {
  const wrapped = parseWrappedDek(hex(cases[0]!.wrapped));
  expect(dekIsCommitted(createSecretKey(randomBytes(32)), wrapped)).toBe(false);
});

test('whatever is written is read back, and the bound context never depends on the KEK version', () => {
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  const wrapped = fc.record({ provider: fc.integer({ min: 0, max: 255 }), kekId: text, kekVersion: u32, dekVersion: u32, accountId: bytes(16), createdMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }), commitment: bytes(32), blob: fc.uint8Array({ maxLength: 300 }) });
  fc.assert(
    fc.property(wrapped, u32, (value, otherVersion) => {
      const read = parseWrappedDek(encodeWrappedDek(value));
      expect({ ...read, accountId: [...read.accountId], commitment: [...read.commitment], blob: [...read.blob] }).toEqual({ ...value, accountId: [...value.accountId], commitment: [...value.commitment], blob: [...value.blob] });
      expect(encodeBinding({ ...value, kekVersion: otherVersion } as DekBinding).equals(encodeBinding(value))).toBe(true);
    }),
  );
});
