import { crc32 } from 'node:zlib';
import { writeU32 } from '@tacet/usage';

/** Bytes of one half: everything that is overwritten in place is kept twice, the newer one counts. */
export const halfBytes = 128;

const updateAt = 4;
const crcAt = halfBytes - 4;

/** Writes update number and CRC-32 (over all before it) into a half whose other bytes are set. */
export function sealHalf(target: Buffer, at: number, update: number): void {
  writeU32(target, update >>> 0, at + updateAt);
  writeU32(target, crc32(target.subarray(at, at + crcAt)), at + crcAt);
}

/** The newer intact half of the pair at `at`, and its update number; undefined when neither is intact. */
export function readHalves(bytes: Buffer, at: number): { readonly half: Buffer; readonly update: number } | undefined {
  const first = intactHalf(bytes, at);
  const second = intactHalf(bytes, at + halfBytes);
  const half = first && second ? (isNewer(second, first) ? second : first) : (first ?? second);
  return half && { half, update: half.readUInt32BE(updateAt) };
}

/** Whether both halves hold nothing at all. */
export function halvesAreZero(bytes: Buffer, at: number): boolean {
  return bytes.subarray(at, at + 2 * halfBytes).every((byte) => byte === 0);
}

function intactHalf(bytes: Buffer, at: number): Buffer | undefined {
  const half = bytes.subarray(at, at + halfBytes);
  return half.readUInt32BE(crcAt) === crc32(half.subarray(0, crcAt)) ? half : undefined;
}

/** Update numbers wrap around; halves differ by one. */
function isNewer(half: Buffer, than: Buffer): boolean {
  return ((half.readUInt32BE(updateAt) - than.readUInt32BE(updateAt)) | 0) > 0;
}
