import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeRecord, encodeRecord, partitionOf, readRecordPlace, recordBytes, RecordError, recordKind, recordRoute, recordStatus, usageSource, type UsageRecord } from './index.ts';

const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const records: fc.Arbitrary<UsageRecord> = fc.record({
  kind: fc.constantFrom(...(Object.keys(recordKind) as (keyof typeof recordKind)[])),
  partition: fc.integer({ min: 0, max: 11 }),
  status: fc.constantFrom(...(Object.keys(recordStatus) as (keyof typeof recordStatus)[])),
  usageSource: fc.constantFrom(...(Object.keys(usageSource) as (keyof typeof usageSource)[])),
  route: fc.constantFrom(...(Object.keys(recordRoute) as (keyof typeof recordRoute)[])),
  leaseByKey: fc.boolean(),
  edgeId: id,
  requestId: id,
  accountId: id,
  keyId: id,
  seq: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  leaseEpoch: u32,
  priceVersion: u32,
  reservedNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  inputTokens: u32,
  cachedTokens: u32,
  outputTokens: u32,
  ttftMs: u32,
  latencyMs: u32,
  timeMs: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
});

test('a record is read back as it was written', () => {
  fc.assert(
    fc.property(records, (record) => {
      const decoded = decodeRecord(encodeRecord(record));
      const plain = { ...decoded, edgeId: new Uint8Array(decoded.edgeId), requestId: new Uint8Array(decoded.requestId), accountId: new Uint8Array(decoded.accountId), keyId: new Uint8Array(decoded.keyId) };
      expect(plain).toEqual(record);
    }),
  );
});

test('every flipped bit is seen', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 0, max: recordBytes * 8 - 1 }), (record, bit) => {
      const bytes = encodeRecord(record);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeRecord(bytes)).toThrow(RecordError);
    }),
  );
});

test('the place of a record is read whatever its version says, unless there is no such place', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 0, max: 255 }), (record, version) => {
      const bytes = encodeRecord(record);
      bytes[0] = version;
      const place = readRecordPlace(bytes);
      expect(place && { ...place, edgeId: new Uint8Array(place.edgeId) }).toEqual({ edgeId: record.edgeId, partition: record.partition, seq: record.seq });
      bytes[2] = 12;
      expect(readRecordPlace(bytes)).toBeUndefined();
    }),
  );
});

test('preallocated zeros are not a record', () => {
  expect(() => decodeRecord(Buffer.alloc(recordBytes))).toThrow(expect.objectContaining({ reason: 'crc' }));
});

test('the record of the README is what is written, byte by byte, and is read back', () => {
  const record: UsageRecord = {
    kind: 'final', partition: 3, status: 'ok', usageSource: 'exact', route: 'chat_completions', leaseByKey: true,
    edgeId: Buffer.alloc(16, 0xe1), requestId: Buffer.alloc(16, 0xe2), accountId: Buffer.alloc(16, 0xe3), keyId: Buffer.alloc(16, 0xe4),
    seq: 5n, leaseEpoch: 6, priceVersion: 7, reservedNano: 8n, inputTokens: 9, cachedTokens: 10, outputTokens: 11, ttftMs: 12, latencyMs: 13, timeMs: 14,
  };
  const page = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  const [, lines = ''] = /Example, a record:\n\n((?: {4}.*\n)+)/.exec(page) ?? [];
  const fields = [...lines.matchAll(/^ {4}(\d+) +([0-9a-f]+) /gm)].map(([, offset, hex = '']) => ({ offset: Number(offset), hex }));
  const example = Buffer.from(fields.map(({ hex }) => hex).join(''), 'hex');
  expect(encodeRecord(record)).toEqual(example);
  expect(decodeRecord(example)).toEqual(record);
  // Each line stands at the offset that it names, and the table names that offset, too.
  let at = 0;
  for (const { offset, hex } of fields) {
    expect(offset).toBe(at);
    expect(page).toContain(`| ${offset} | ${hex.length / 2} | `);
    at += hex.length / 2;
  }
  expect(at).toBe(recordBytes);
});

test('a partition follows from the account alone', () => {
  // SHA-256 of 16 zero bytes begins 374708ff; 0x374708ff mod 12 = 3.
  expect(partitionOf(new Uint8Array(16))).toBe(0x374708ff % 12);
});
