import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, equalBytes } from '@noble/ciphers/utils.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { RecordRefusedError } from './record-refused-error.ts';
import type { RecordContext } from './record.ts';

/** Keys as plain bytes, 32 each: what a browser has. */
export interface PlainRecordKey {
  readonly dek: Uint8Array;
  readonly dekVersion: number;
  readonly ephemeral?: { readonly epoch: number; readonly secret: Uint8Array } | undefined;
}

/** `sealRecord` a second time, from the same specification with other primitives: the two prove each other. */
export function sealWithNoble(key: PlainRecordKey, context: RecordContext, plaintext: Uint8Array, nonce: Uint8Array, padded: boolean) {
  const { recordKey, header, aad } = derive(key, context, nonce, padded);
  const padding = padded ? paddingFor(plaintext.length) : new Uint8Array();
  return concatBytes(header, chacha20poly1305(recordKey, nonce, aad).encrypt(concatBytes(plaintext, padding)));
}

/** `openRecord` a second time: makes the header that the record must have, and compares. Throws `RecordRefusedError`. */
export function openWithNoble(key: PlainRecordKey, context: RecordContext, record: Uint8Array): Uint8Array {
  const [nonceAt, padded] = [key.ephemeral ? 12 : 8, record[2] === 1];
  const nonce = record.subarray(nonceAt, nonceAt + 12);
  const { recordKey, header, aad } = derive(key, context, nonce, padded);
  if (!equalBytes(header, record.subarray(0, header.length))) throw new RecordRefusedError();
  try {
    const plaintext = chacha20poly1305(recordKey, nonce, aad).decrypt(record.subarray(header.length));
    const end = padded ? plaintext.lastIndexOf(0x80) : plaintext.length;
    if (!padded || (end >= 0 && equalBytes(plaintext.subarray(end), paddingFor(end)))) return plaintext.subarray(0, end);
  } catch {
    // Refused, as below.
  }
  throw new RecordRefusedError();
}

function derive({ dek, dekVersion, ephemeral }: PlainRecordKey, context: RecordContext, nonce: Uint8Array, padded: boolean) {
  const place = concatBytes(context.accountId, context.conversationId, context.messageId, uint(2, context.field), uint(2, context.schema));
  const suite = Uint8Array.of(ephemeral ? 0x11 : 0x01);
  const versions = concatBytes(uint(4, dekVersion), ephemeral ? uint(4, ephemeral.epoch) : new Uint8Array());
  const prk = ephemeral ? extract(sha256, dek, ephemeral.secret) : dek;
  const info = concatBytes(new TextEncoder().encode('tacet record v1\0'), suite, versions, nonce, sha256(place));
  const okm = expand(sha256, prk, info, 64);
  const header = concatBytes(Uint8Array.of(0xc1), suite, Uint8Array.of(Number(padded), 0), versions, nonce, okm.subarray(32));
  return { recordKey: okm.subarray(0, 32), header, aad: concatBytes(header, place) };
}

function uint(bytes: 2 | 4, value: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => value >>> (8 * (bytes - 1 - i)));
}

function paddingFor(plaintextBytes: number): Uint8Array {
  return Uint8Array.of(0x80, ...new Uint8Array(255 - (plaintextBytes % 256)));
}
