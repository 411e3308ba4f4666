import { createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { openAead, sealAead } from './aead.ts';
import { hkdfExpand } from './hkdf.ts';
import type { NonceSource } from './nonce-source.ts';
import { RecordRefusedError } from './record-refused-error.ts';

const magic = 0xd1;
const label = Buffer.from('tacet dek v1\0', 'latin1');

/** The byte of each provider. */
export const providerByte = { local: 1, 'aws-kms': 2, 'vault-transit': 4, pkcs11: 5, client: 0x81 } as const;

/** What a DEK is bound to while it is wrapped. No KEK version: a provider that rewraps must see the same on both sides. */
export interface DekBinding {
  readonly provider: number;
  readonly kekId: string;
  readonly dekVersion: number;
  /** 16 bytes. */
  readonly accountId: Uint8Array;
  readonly createdMs: number;
  /** Of `commitDek`, 32 bytes. */
  readonly commitment: Uint8Array;
}

/** WrappedDekV1; `blob` is what the provider made of the DEK. */
export interface WrappedDek extends DekBinding {
  readonly kekVersion: number;
  readonly blob: Uint8Array;
}

/** HKDF-Expand(DEK, label, 32) (RFC 5869 §2.3): tells DEKs apart even where the provider binds nothing. */
export function commitDek(dek: KeyObject): Buffer {
  return Buffer.concat(hkdfExpand(dek, label, 1));
}

/** Whether an unwrapped DEK is the one that was wrapped; in constant time. */
export function dekIsCommitted(dek: KeyObject, { commitment }: DekBinding): boolean {
  return timingSafeEqual(commitDek(dek), commitment);
}

/** The bound context: AAD of `local`, encryption context of a KMS. Only kek_id varies in length, so nothing is ambiguous. */
export function encodeBinding(binding: DekBinding): Buffer {
  return Buffer.concat([Buffer.of(binding.provider), Buffer.from(binding.kekId), encodeDek(binding)]);
}

/** Writes WrappedDekV1. */
export function encodeWrappedDek(wrapped: WrappedDek): Buffer {
  const kekId = Buffer.from(wrapped.kekId);
  const key = [Buffer.of(magic, wrapped.provider), uint(2, kekId.length), kekId, uint(4, wrapped.kekVersion)];
  return Buffer.concat([...key, encodeDek(wrapped), uint(2, wrapped.blob.length), wrapped.blob]);
}

/** Reads WrappedDekV1 strictly: what would not be written so is refused. Throws `RecordRefusedError`. */
export function parseWrappedDek(bytes: Uint8Array): WrappedDek {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = all.length < 70 ? Infinity : 4 + all.readUInt16BE(2);
  if (at + 66 > all.length || all[at + 24] !== 0) throw new RecordRefusedError(); // A time beyond 2^56 could not be written.
  const [kekId, kekVersion, blob] = [all.toString('utf8', 4, at), all.readUInt32BE(at), all.subarray(at + 66)];
  const [dekVersion, createdMs] = [all.readUInt32BE(at + 4), Number(all.readBigUInt64BE(at + 24))];
  const [accountId, commitment] = [all.subarray(at + 8, at + 24), all.subarray(at + 32, at + 64)];
  const wrapped = { provider: all.readUInt8(1), kekId, kekVersion, dekVersion, accountId, createdMs, commitment, blob };
  if (!encodeWrappedDek(wrapped).equals(all)) throw new RecordRefusedError();
  return wrapped;
}

/** Wraps under a local KEK of 32 bytes (RFC 8439 §2.8, AAD = the bound context): nonce ‖ ciphertext ‖ tag. */
export function wrapLocally(kek: KeyObject, dek: KeyObject, binding: DekBinding, drawNonce: NonceSource): Buffer {
  const nonce = drawNonce();
  return Buffer.concat([nonce, ...sealAead(kek, nonce, encodeBinding(binding), dek.export())]);
}

/** Its inverse. Throws `RecordRefusedError`. */
export function unwrapLocally(kek: KeyObject, binding: DekBinding, blob: Uint8Array): KeyObject {
  return createSecretKey(openAead(kek, blob.subarray(0, 12), encodeBinding(binding), blob.subarray(12)));
}

function encodeDek({ dekVersion, accountId, createdMs, commitment }: DekBinding): Buffer {
  return Buffer.concat([uint(4, dekVersion), accountId, uint(8, createdMs), commitment]);
}

/** Unsigned, big-endian. */
function uint(bytes: 2 | 4 | 8, value: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
}
