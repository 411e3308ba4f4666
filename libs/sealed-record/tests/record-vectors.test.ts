import { createDecipheriv, createSecretKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createRecordKey, openRecord, parseRecord, RecordRefusedError, sealRecord, type RecordContext, type RecordKey } from '../src/index.ts';
import { openWithNoble, sealWithNoble, type PlainRecordKey } from '../src/noble-record.ts';
import { hex, readVectors, type RecordCase } from './read-vectors.ts';

const { cases } = readVectors('sealed-record.json') as { cases: RecordCase[] };
const named = cases.map((entry) => [entry.name, entry] as const);

function keysOf({ dek, dekVersion, epoch, epochSecret }: RecordCase): { key: RecordKey; plainKey: PlainRecordKey } {
  const secret = epochSecret === undefined ? undefined : hex(epochSecret);
  const ephemeral = secret && epoch !== undefined ? { epoch, secret } : undefined;
  const key = createRecordKey(createSecretKey(hex(dek)), dekVersion, ephemeral && { epoch: ephemeral.epoch, secret: createSecretKey(ephemeral.secret) });
  return { key, plainKey: { dek: hex(dek), dekVersion, ephemeral } };
}

function contextOf({ context }: RecordCase): RecordContext {
  const { account, conversation, message, field, schema } = context;
  return { accountId: hex(account), conversationId: hex(conversation), messageId: hex(message), field, schema };
}

/** Opens with both implementations, which must agree; undefined: both refused with the one error. */
function open(entry: RecordCase, record: Buffer, context = contextOf(entry), keys = keysOf(entry)): Buffer | undefined {
  const results = [() => openRecord(keys.key, context, parseRecord(record)), () => Buffer.from(openWithNoble(keys.plainKey, context, record))].map((run) => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof RecordRefusedError)) throw error;
      return undefined;
    }
  });
  expect(results[0]).toEqual(results[1]);
  return results[0];
}

test('there are vectors of every kind', () => {
  expect(cases.map(({ name }) => name)).toEqual(['durable', 'durable-empty', 'durable-utf8', 'ephemeral', 'durable-padded', 'ephemeral-padded']);
});

test.each(named)('%s: sealing gives exactly the record, in both implementations', (_, entry) => {
  const { key, plainKey } = keysOf(entry);
  const [context, plaintext, nonce] = [contextOf(entry), hex(entry.plaintext), hex(entry.nonce)];
  expect(sealRecord(key, context, plaintext, () => nonce, entry.padded).toString('hex')).toBe(entry.record);
  expect(Buffer.from(sealWithNoble(plainKey, context, plaintext, nonce, entry.padded)).toString('hex')).toBe(entry.record);
});

test.each(named)('%s: opening gives the plaintext, in both implementations', (_, entry) => {
  expect(open(entry, hex(entry.record))?.toString('hex')).toBe(entry.plaintext);
});

test.each(named)('%s: every single-bit flip is refused', (_, entry) => {
  const record = hex(entry.record);
  const { key, plainKey } = keysOf(entry);
  const context = contextOf(entry);
  for (let bit = 0; bit < record.length * 8; bit++) {
    const flipped = Buffer.from(record);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    // Not through `open`: thousands of calls of expect would take longer than all of the cryptography.
    expectRefused(() => openRecord(key, context, parseRecord(flipped)), `bit ${bit}`);
    expectRefused(() => openWithNoble(plainKey, context, flipped), `bit ${bit}`);
  }
});

function expectRefused(run: () => unknown, what: string): void {
  try {
    run();
  } catch (error) {
    if (error instanceof RecordRefusedError) return;
    throw error;
  }
  throw new Error(`not refused: ${what}`);
}

test.each(named)('%s: cut or extended anywhere, it is refused', (_, entry) => {
  const record = hex(entry.record);
  for (let length = 0; length < record.length; length++) expect(open(entry, record.subarray(0, length))).toBeUndefined();
  for (const more of [1, 15, 16, 255, 256, 512]) {
    expect(open(entry, Buffer.concat([record, Buffer.alloc(more)]))).toBeUndefined();
    expect(open(entry, Buffer.concat([Buffer.alloc(more), record]))).toBeUndefined();
    expect(open(entry, Buffer.concat([record.subarray(0, 60), Buffer.alloc(more), record.subarray(60)]))).toBeUndefined();
  }
});

test.each(named)('%s: in any other place it is refused', (_, entry) => {
  const context = contextOf(entry);
  const other = Buffer.alloc(16, 0x55);
  const moved: RecordContext[] = [
    { ...context, accountId: other },
    { ...context, conversationId: other },
    { ...context, messageId: other },
    { ...context, conversationId: context.messageId, messageId: context.conversationId },
    { ...context, field: 2 },
    { ...context, schema: 2 },
  ];
  for (const place of moved) expect(open(entry, hex(entry.record), place)).toBeUndefined();
});

test.each(named)('%s: with any other key, version or epoch it is refused', (_, entry) => {
  const others: RecordCase[] = [{ ...entry, dek: '11'.repeat(32) }, { ...entry, dekVersion: 2 }];
  if (entry.epochSecret === undefined) others.push({ ...entry, epoch: 5966664, epochSecret: 'e5'.repeat(32) });
  else others.push({ ...entry, epochSecret: 'e6'.repeat(32) }, { ...entry, epoch: 5966665 }, (({ epoch: _epoch, epochSecret: _secret, ...durable }) => durable)(entry));
  for (const other of others) expect(open(entry, hex(entry.record), contextOf(entry), keysOf(other))).toBeUndefined();
});

test('header, body and tag of different records do not fit together', () => {
  const [first, second] = [hex(cases[0]!.record), hex(cases[2]!.record)];
  for (const at of [20, 52, first.length - 16]) {
    expect(open(cases[0]!, Buffer.concat([first.subarray(0, at), second.subarray(at)]))).toBeUndefined();
  }
});

test('the salamander opens under two keys as a raw AEAD, and as a record under none', () => {
  const salamander = readVectors('salamander.json') as { nonce: string; key1: string; key2: string; ciphertextAndTag: string };
  const [nonce, sealed] = [hex(salamander.nonce), hex(salamander.ciphertextAndTag)];
  const raw = [salamander.key1, salamander.key2].map((key) => {
    const decipher = createDecipheriv('chacha20-poly1305', hex(key), nonce, { authTagLength: 16 }).setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('hex');
  });
  expect(raw[0]).not.toBe(raw[1]);
  // Whatever commitment the attacker writes, at most one key can match it; here: that of either key.
  for (const [dek, other] of [[salamander.key1, salamander.key2], [salamander.key2, salamander.key1]] as const) {
    const entry = { ...cases[0]!, dek, nonce: salamander.nonce };
    const committed = sealRecord(keysOf(entry).key, contextOf(entry), Buffer.alloc(sealed.length - 16), () => nonce, false).subarray(0, 52);
    const record = Buffer.concat([committed, sealed]);
    expect(open(entry, record)).toBeUndefined();
    expect(open({ ...entry, dek: other }, record)).toBeUndefined();
  }
});
