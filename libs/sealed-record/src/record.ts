import { createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto';
import { openAead, sealAead } from './aead.ts';
import { hkdfExpand, hkdfExtract } from './hkdf.ts';
import type { NonceSource } from './nonce-source.ts';
import { RecordRefusedError } from './record-refused-error.ts';

const magic = 0xc1;
const suite = { durable: 0x01, ephemeral: 0x11 } as const;
const label = Buffer.from('tacet record v1\0', 'latin1');
/** A header ends with a nonce of 12 bytes and a commitment of 32; the context follows it in the AAD. */
const [nonceAt, commitmentAt, contextBytes] = [-44, -32, 52];
const longestPadding = Buffer.alloc(256).fill(0x80, 0, 1);

/** Where a record belongs; bound to it, not stored in it. Ids have 16 bytes, zeros where there is none; field and schema are u16. */
export interface RecordContext {
  readonly accountId: Uint8Array;
  readonly conversationId: Uint8Array;
  readonly messageId: Uint8Array;
  readonly field: number;
  readonly schema: number;
}

/** What records of one account, DEK version and epoch (undefined: durable) are sealed under. */
export interface RecordKey {
  readonly prk: KeyObject;
  readonly dekVersion: number;
  readonly epoch: number | undefined;
}

/** PRK = DEK, which is uniform already (RFC 5869 §3.3); for ephemeral records HKDF-Extract(salt = epoch secret, IKM = DEK). */
export function createRecordKey(dek: KeyObject, dekVersion: number, ephemeral?: { epoch: number; secret: KeyObject }): RecordKey {
  return { prk: ephemeral ? hkdfExtract(ephemeral.secret, dek) : dek, dekVersion, epoch: ephemeral?.epoch };
}

/** A record taken apart: header = all before the ciphertext, sealed = ciphertext ‖ tag. Untrusted until it is opened. */
export interface ParsedRecord extends Omit<RecordKey, 'prk'> {
  readonly padded: boolean;
  readonly header: Buffer;
  readonly sealed: Buffer;
}

/** Reads RecordV1 strictly: every byte has one meaning. Throws `RecordRefusedError`. */
export function parseRecord(bytes: Uint8Array): ParsedRecord {
  const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const [first, suiteByte, flags = 0xff, reserved] = record;
  const isEphemeral = suiteByte === suite.ephemeral;
  const header = record.subarray(0, isEphemeral ? 56 : 52);
  const sealed = record.subarray(header.length);
  if (first !== magic || (!isEphemeral && suiteByte !== suite.durable) || flags > 1 || reserved !== 0) throw new RecordRefusedError();
  // A tag of 16 bytes after nothing, or, padded, after blocks of 256 bytes.
  if (sealed.length < 16 + flags || (flags === 1 && (sealed.length - 16) % 256 !== 0)) throw new RecordRefusedError();
  const epoch = isEphemeral ? header.readUInt32BE(8) : undefined;
  return { dekVersion: header.readUInt32BE(4), epoch, padded: flags === 1, header, sealed };
}

/** Seals a plaintext as RecordV1, drawing one nonce. `padded` hides its length, in steps of 256 bytes. */
export function sealRecord(key: RecordKey, context: RecordContext, plaintext: Uint8Array, drawNonce: NonceSource, padded: boolean): Buffer {
  const { dekVersion, epoch } = key;
  const nonce = drawNonce();
  if (nonce.length !== 12) throw new RangeError('a nonce has 12 bytes');
  // Every byte of it is written below: `alloc` would cost a sixth of the whole.
  const aad = Buffer.allocUnsafe((epoch === undefined ? 52 : 56) + contextBytes);
  const header = aad.subarray(0, -contextBytes);
  aad.set([magic, epoch === undefined ? suite.durable : suite.ephemeral, padded ? 1 : 0, 0]);
  aad.writeUInt32BE(dekVersion, 4);
  if (epoch !== undefined) aad.writeUInt32BE(epoch, 8);
  aad.set(nonce, header.length + nonceAt);
  writeContext(aad, header.length, context);
  const { recordKey, commitment } = deriveRecordKey(key, aad);
  aad.set(commitment, header.length + commitmentAt);
  return Buffer.concat([header, ...sealAead(recordKey, nonce, aad, plaintext, padded ? paddingFor(plaintext.length) : undefined)]);
}

/** Opens a record with exactly the key that it names. Throws `RecordRefusedError`, whatever the reason. */
export function openRecord(key: RecordKey, context: RecordContext, { dekVersion, epoch, padded, header, sealed }: ParsedRecord): Buffer {
  if (key.dekVersion !== dekVersion || key.epoch !== epoch) throw new RecordRefusedError();
  const aad = Buffer.allocUnsafe(header.length + contextBytes);
  aad.set(header);
  writeContext(aad, header.length, context);
  const { recordKey, commitment } = deriveRecordKey(key, aad);
  if (!timingSafeEqual(commitment, header.subarray(commitmentAt))) throw new RecordRefusedError();
  const plaintext = openAead(recordKey, header.subarray(nonceAt, commitmentAt), aad, sealed);
  const end = padded ? plaintext.lastIndexOf(0x80) : plaintext.length;
  if (padded && (end < 0 || !plaintext.subarray(end).equals(paddingFor(end)))) throw new RecordRefusedError();
  return plaintext.subarray(0, end);
}

/** RFC 5869 §2.3: HKDF-Expand(PRK, label ‖ suite ‖ dek_version ‖ [epoch] ‖ nonce ‖ SHA-256(context), 64) = key ‖ commitment. */
function deriveRecordKey({ prk }: RecordKey, aad: Buffer): { readonly recordKey: KeyObject; readonly commitment: Buffer } {
  const contextAt = aad.length - contextBytes;
  const info = Buffer.allocUnsafe(label.length + 1 + contextAt + commitmentAt - 4 + 32);
  label.copy(info);
  aad.copy(info, label.length, 1, 2);
  aad.copy(info, label.length + 1, 4, contextAt + commitmentAt);
  info.write(hash('sha256', aad.subarray(contextAt), 'binary'), info.length - 32, 'binary');
  const [key, commitment] = hkdfExpand(prk, info, 2) as [Buffer, Buffer];
  return { recordKey: createSecretKey(key), commitment };
}

/** Ids that have not 16 bytes are the caller's mistake, not the record's: `RangeError`. */
function writeContext(target: Buffer, at: number, { accountId, conversationId, messageId, field, schema }: RecordContext): void {
  if (accountId.length !== 16 || conversationId.length !== 16 || messageId.length !== 16) throw new RangeError('an id has 16 bytes');
  target.set(accountId, at);
  target.set(conversationId, at + 16);
  target.set(messageId, at + 32);
  target.writeUInt16BE(field, at + 48);
  target.writeUInt16BE(schema, at + 50);
}

/** ISO/IEC 7816-4: 0x80, then zeros up to a multiple of 256 bytes; 1 to 256 bytes. */
function paddingFor(plaintextBytes: number): Buffer {
  return longestPadding.subarray(0, 256 - (plaintextBytes % 256));
}
