import { crc32 } from 'node:zlib';
import { partitionCount, recordBytes } from '@tacet/usage';
import type { SpoolFile } from './spool-files.ts';

/** Bytes before the first record: two copies of the header. */
export const segmentHeaderBytes = 4096;
const copyAt = segmentHeaderBytes / 2;
const magic = 0x5443544f; // TCTO
const formatVersion = 1;
const headerBytes = 144;
const crcAt = headerBytes - 4;
const baseAt = 40;

/** The last sequence number of each partition; 0 where there is none. */
export type Seqs = readonly number[];

/** One file of the outbox: a header and records in the order in which they were appended. */
export class Segment {
  readonly number: number;
  readonly file: SpoolFile;
  /** How many records it can hold. */
  readonly capacity: number;
  /** The last seqs before its first record. */
  readonly base: Seqs;
  /** How many records it holds, damaged ones included. */
  used = 0;
  /** When it was seen that all of its records are applied, on the monotonic clock; undefined while they are not. */
  appliedAt: number | undefined;

  constructor(number: number, file: SpoolFile, base: Seqs) {
    this.number = number;
    this.file = file;
    this.capacity = recordCapacity(file.size);
    this.base = base;
  }

  /** Writes the header, durably. */
  begin(edgeId: Buffer): void {
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32BE(magic, 0);
    header.writeUInt32BE(formatVersion, 4);
    header.writeBigUInt64BE(BigInt(this.number), 8);
    header.writeUInt32BE(this.capacity, 16);
    header.set(edgeId, 20);
    for (const [partition, seq] of this.base.entries()) header.writeBigUInt64BE(BigInt(seq), baseAt + partition * 8);
    header.writeUInt32BE(crc32(header.subarray(0, crcAt)), crcAt);
    this.file.write(header, 0, headerBytes, 0);
    this.file.write(header, 0, headerBytes, copyAt);
    this.file.syncNow();
  }

  /** Appends the records that `bytes` begin with, in one write; there must be room. */
  append(bytes: Buffer, count: number): void {
    this.file.write(bytes, 0, count * recordBytes, this.#positionOf(this.used));
    this.used += count;
  }

  /** The bytes of `count` records from `index` on. */
  read(index: number, count: number): Buffer {
    const bytes = Buffer.alloc(count * recordBytes);
    this.file.read(bytes, this.#positionOf(index));
    return bytes;
  }

  /** Zeroes everything behind the last record. */
  clearTail(): void {
    const rest = Buffer.alloc((this.capacity - this.used) * recordBytes);
    this.file.write(rest, 0, rest.length, this.#positionOf(this.used));
  }

  #positionOf(index: number): number {
    return segmentHeaderBytes + index * recordBytes;
  }
}

/** How many records fit into a segment of that size. */
export function recordCapacity(segmentBytes: number): number {
  return Math.floor((segmentBytes - segmentHeaderBytes) / recordBytes);
}

/** Reads a segment's header. Throws an `Error` when both copies are damaged or it belongs to another edge. */
export function openSegment(number: number, file: SpoolFile, edgeId: Buffer): Segment {
  const bytes = Buffer.alloc(segmentHeaderBytes);
  file.read(bytes, 0);
  const copies = [bytes.subarray(0, headerBytes), bytes.subarray(copyAt, copyAt + headerBytes)];
  const header = copies.find((copy) => copy.readUInt32BE(crcAt) === crc32(copy.subarray(0, crcAt)));
  if (header === undefined) throw new Error('a segment of the outbox has no readable header');
  const isOurs = header.readUInt32BE(0) === magic && header.readUInt32BE(4) === formatVersion && header.readBigUInt64BE(8) === BigInt(number);
  if (!isOurs || header.readUInt32BE(16) !== recordCapacity(file.size) || !header.subarray(20, 36).equals(edgeId)) {
    throw new Error('a segment of the outbox is not of this edge or version');
  }
  const base = Array.from({ length: partitionCount }, (_, partition) => Number(header.readBigUInt64BE(baseAt + partition * 8)));
  return new Segment(number, file, base);
}
