import { TacetError } from '@tacet/errors';

/** Largest value of a Postgres bigint. */
const bigintMax = 2n ** 63n - 1n;

/** The nil UUID: "no key" in the database, an empty field on the wire. */
export const nilUuid = '00000000-0000-0000-0000-000000000000';

/** A required id: 16 bytes on the wire, text with dashes here. Throws `field_invalid`. */
export function idField(param: string, bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new TacetError('field_invalid', { param });
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** An optional id: nil when the field is empty. Throws `field_invalid`. */
export function optionalIdField(param: string, bytes: Uint8Array): string {
  return bytes.length === 0 ? nilUuid : idField(param, bytes);
}

/** An id as it goes over the wire. */
export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** As `idBytes`, empty for nil. */
export function optionalIdBytes(id: string): Buffer {
  return id === nilUuid ? Buffer.alloc(0) : idBytes(id);
}

/** An integer of 64 bits, which the wire gives as a decimal string. Throws `field_invalid` outside of `[min, max]`. */
export function integerField(param: string, text: string, min: bigint, max: bigint = bigintMax): bigint {
  const value = BigInt(text);
  if (value < min || value > max) throw new TacetError('field_invalid', { param });
  return value;
}

/** A message that proto3 cannot require. Throws `field_invalid` when it is absent. */
export function messageField<T>(param: string, message: T | null | undefined): T {
  if (message === null || message === undefined) throw new TacetError('field_invalid', { param });
  return message;
}

/** Refuses a list longer than `max` with `batch_too_large`. */
export function listField<T>(param: string, list: readonly T[], max: number): readonly T[] {
  if (list.length > max) throw new TacetError('batch_too_large', { param });
  return list;
}
