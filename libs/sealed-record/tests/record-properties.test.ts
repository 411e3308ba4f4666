import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createNonceSource, createRecordKey, openRecord, parseRecord, RecordRefusedError, sealRecord, type RecordContext, type RecordKey } from '../src/index.ts';
import { openWithNoble, sealWithNoble, type PlainRecordKey } from '../src/noble-record.ts';
import { sealAead } from '../src/aead.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const context: fc.Arbitrary<RecordContext> = fc.record({ accountId: bytes(16), conversationId: bytes(16), messageId: bytes(16), field: u16, schema: u16 });
const plaintext = fc.oneof(fc.uint8Array({ maxLength: 1_100 }), fc.constantFrom(0, 255, 256, 257, 512, 65_536).map((length) => new Uint8Array(length)));
const plainKey: fc.Arbitrary<PlainRecordKey> = fc.record({
  dek: bytes(32),
  dekVersion: u32,
  ephemeral: fc.option(fc.record({ epoch: u32, secret: bytes(32) }), { nil: undefined }),
});

function keyOf({ dek, dekVersion, ephemeral }: PlainRecordKey): RecordKey {
  return createRecordKey(createSecretKey(dek), dekVersion, ephemeral && { epoch: ephemeral.epoch, secret: createSecretKey(ephemeral.secret) });
}

test('both implementations write the same record, and each opens what the other wrote', () => {
  fc.assert(
    fc.property(plainKey, context, plaintext, bytes(12), fc.boolean(), (plain, place, text, nonce, padded) => {
      const key = keyOf(plain);
      const record = sealRecord(key, place, text, () => nonce, padded);
      const twin = sealWithNoble(plain, place, text, nonce, padded);
      expect(record.equals(twin)).toBe(true);
      expect(openRecord(key, place, parseRecord(twin)).equals(text)).toBe(true);
      expect(Buffer.from(openWithNoble(plain, place, record)).equals(text)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a padded record shows only how many blocks of 256 bytes its plaintext fills', () => {
  const key = keyOf({ dek: randomBytes(32), dekVersion: 1 });
  const place = { accountId: randomBytes(16), conversationId: randomBytes(16), messageId: randomBytes(16), field: 1, schema: 1 };
  for (let length = 0; length <= 1_030; length++) {
    const text = Buffer.alloc(length, length % 2 === 0 ? 0x80 : 0x00);
    const record = sealRecord(key, place, text, createNonceSource(), true);
    expect(record.length).toBe(52 + 256 * (Math.floor(length / 256) + 1) + 16);
    expect(openRecord(key, place, parseRecord(record)).equals(text)).toBe(true);
  }
});

// What only somebody with the key can make: a record whose tag is right over a header or a padding that is wrong.
const forger = { plain: { dek: randomBytes(32), dekVersion: 1 }, place: { accountId: randomBytes(16), conversationId: randomBytes(16), messageId: randomBytes(16), field: 1, schema: 1 } };

test.each([
  ['a padding without 0x80', Buffer.alloc(256), (header: Buffer) => header],
  ['a padding with something after 0x80', Buffer.alloc(256, 1).fill(0x80, 100, 101), (header: Buffer) => header],
  ['a padding longer than a block', Buffer.alloc(512).fill(0x80, 100, 101), (header: Buffer) => header],
  ['the commitment of another key', Buffer.alloc(256).fill(0x80, 0, 1), (header: Buffer) => header.fill(0x77, 20, 52)],
  ['one bit of the commitment changed', Buffer.alloc(256).fill(0x80, 0, 1), (header: Buffer) => header.fill(header[51]! ^ 1, 51, 52)],
])('authentic, but with %s: refused', (_, body, change) => {
  const { plain, place } = forger;
  expect(openRecord(keyOf(plain), place, parseRecord(forge(Buffer.alloc(256).fill(0x80, 9, 10), (header) => header)))).toHaveLength(9);
  const record = forge(body, change);
  expect(() => openRecord(keyOf(plain), place, parseRecord(record))).toThrow(RecordRefusedError);
  expect(() => openWithNoble(plain, place, record)).toThrow(RecordRefusedError);
});

/** Seals bytes as if they were padded already, under the right key and a changed header, by the text of the specification. */
function forge(body: Buffer, change: (header: Buffer) => Buffer): Buffer {
  const { plain, place } = forger;
  const { prk } = keyOf(plain);
  const nonce = randomBytes(12);
  const header = sealRecord(keyOf(plain), place, Buffer.alloc(0), () => nonce, true).subarray(0, 52);
  const context = Buffer.concat([place.accountId, place.conversationId, place.messageId, Buffer.of(0, place.field, 0, place.schema)]);
  const info = Buffer.concat([Buffer.from('tacet record v1\0'), header.subarray(1, 2), header.subarray(4, 20), createHash('sha256').update(context).digest()]);
  const recordKey = createSecretKey(createHmac('sha256', prk).update(info).update(Buffer.of(1)).digest());
  const changed = change(header);
  return Buffer.concat([changed, ...sealAead(recordKey, nonce, Buffer.concat([changed, context]), body)]);
}

test('bytes that have no meaning are refused before any cryptography', () => {
  const record = forge(Buffer.alloc(256).fill(0x80, 0, 1), (header) => header);
  const changes: [number, number][] = [[0, 0xc0], [0, 0xd1], [1, 0x00], [1, 0x02], [1, 0x81], [2, 0x02], [2, 0x03], [2, 0x80], [3, 0x01], [3, 0x80]];
  for (const [at, value] of changes) {
    const changed = Buffer.from(record);
    changed[at] = value;
    expect(() => parseRecord(changed)).toThrow(RecordRefusedError);
  }
  for (const length of [0, 1, 51, 52, 67]) expect(() => parseRecord(record.subarray(0, length))).toThrow(RecordRefusedError);
  expect(() => parseRecord(record.subarray(0, 68))).toThrow(RecordRefusedError);
  expect(() => parseRecord(Buffer.concat([record, Buffer.alloc(255)]))).toThrow(RecordRefusedError);
});

test('a record draws exactly one nonce and carries it', () => {
  const key = keyOf({ dek: randomBytes(32), dekVersion: 1 });
  const place = { accountId: randomBytes(16), conversationId: randomBytes(16), messageId: randomBytes(16), field: 1, schema: 1 };
  const source = createNonceSource();
  const drawn: string[] = [];
  const counting = () => {
    const nonce = source();
    drawn.push(Buffer.from(nonce).toString('hex'));
    return nonce;
  };
  const records = Array.from({ length: 1_000 }, () => sealRecord(key, place, Buffer.from('x'), counting, true));
  expect(records.map((record) => record.subarray(8, 20).toString('hex'))).toEqual(drawn);
  expect(new Set(drawn).size).toBe(1_000);
});

test('a nonce or an id of another length is the mistake of the caller', () => {
  const key = keyOf({ dek: randomBytes(32), dekVersion: 1 });
  const place = { accountId: randomBytes(16), conversationId: randomBytes(16), messageId: randomBytes(16), field: 1, schema: 1 };
  for (const length of [0, 8, 11, 13]) expect(() => sealRecord(key, place, Buffer.alloc(1), () => Buffer.alloc(length), false)).toThrow(RangeError);
  for (const name of ['accountId', 'conversationId', 'messageId'] as const) {
    expect(() => sealRecord(key, { ...place, [name]: Buffer.alloc(15) }, Buffer.alloc(1), createNonceSource(), false)).toThrow(RangeError);
  }
  expect(() => sealRecord(key, { ...place, field: 0x1_0000 }, Buffer.alloc(1), createNonceSource(), false)).toThrow(/out of range/);
});

test('the error of a refusal says nothing but that', () => {
  const error = new RecordRefusedError();
  expect([error.name, error.message, error.cause, Object.keys(error).sort()]).toEqual(['RecordRefusedError', 'the record does not open', undefined, ['message', 'name']]);
});
