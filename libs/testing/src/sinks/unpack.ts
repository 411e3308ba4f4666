import { constants, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { byteAt, unpackedBytesMax, unpackLz4Frame } from './lz4.ts';
import { unpackSnappyFrames, unpackSnappyJava } from './snappy.ts';

/** A kind of compressed frame: how it begins, and how it is unpacked, whatever follows it. */
export interface FrameKind {
  readonly name: string;
  readonly magic: Buffer;
  readonly unpack: (input: Buffer) => Buffer;
}

/**
 * The frames that are looked into, wherever in a file they begin. Blocks of LZ4, Snappy and LZF without a frame need no
 * unpacking: a text that comes for the first time stands in them as it is.
 */
export const frameKinds: readonly FrameKind[] = [
  // A member that is cut off gives what it holds.
  { name: 'gzip', magic: Buffer.of(0x1f, 0x8b, 0x08), unpack: (input) => inflateRawSync(input.subarray(gzipHeaderBytes(input)), { maxOutputLength: unpackedBytesMax, finishFlush: constants.Z_SYNC_FLUSH }) },
  { name: 'zstd', magic: Buffer.of(0x28, 0xb5, 0x2f, 0xfd), unpack: (input) => zstdDecompressSync(input.subarray(0, zstdFrameBytes(input)), { maxOutputLength: unpackedBytesMax }) },
  { name: 'lz4', magic: Buffer.of(0x04, 0x22, 0x4d, 0x18), unpack: unpackLz4Frame },
  { name: 'snappy', magic: Buffer.from('\xff\x06\x00\x00sNaPpY', 'latin1'), unpack: unpackSnappyFrames },
  { name: 'snappy-java', magic: Buffer.from('\x82SNAPPY\x00', 'latin1'), unpack: unpackSnappyJava },
];

/** Where the compressed blocks of a member begin (RFC 1952 §2.3): gunzip itself takes nothing that is followed by other bytes. */
function gzipHeaderBytes(input: Buffer): number {
  const flags = byteAt(input, 3);
  let at = 10;
  if (flags & 4) at += 2 + input.readUInt16LE(at);
  for (const text of [8, 16]) if (flags & text) at = input.indexOf(0, at) + 1;
  return at + (flags & 2 ? 2 : 0);
}

/** Length of the frame that the bytes begin with (RFC 8878 §3.1.1), so that what follows it is left out. */
function zstdFrameBytes(input: Buffer): number {
  const descriptor = byteAt(input, 4);
  const isSingleSegment = (descriptor & 32) !== 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  let at = 5 + (isSingleSegment ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0) + contentSizeBytes;
  for (let isLast = false; !isLast; ) {
    const header = input.readUIntLE(at, 3);
    isLast = (header & 1) === 1;
    // A run-length block is one byte, whatever its size says.
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  return at + (descriptor & 4 ? 4 : 0);
}
