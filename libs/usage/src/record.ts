import { crc32 } from 'node:zlib';
import { writeId, writeU32, writeU64 } from './write-field.ts';

/** Length of a count record, in bytes. README.md of this project describes each of them. */
export const recordBytes = 128;

/** Number of sequences per edge; a constant of the format. */
export const partitionCount = 12;

const version = 1;

/** Values are the byte on the wire; a number once given is never given again. */
export const recordKind = { checkpoint: 1, final: 2, hole: 3 } as const;
export const recordStatus = { none: 0, ok: 1, length: 2, aborted: 3, failed: 4, cut: 5, edge_crash: 6 } as const;
export const usageSource = { none: 0, exact: 1, counted: 2 } as const;
export const recordRoute = {
  none: 0,
  chat_completions: 1,
  completions: 2,
  embeddings: 3,
  responses: 4,
  messages: 5,
  rerank: 6,
  score: 7,
  count_tokens: 8,
} as const;

export type RecordKind = keyof typeof recordKind;
export type RecordStatus = keyof typeof recordStatus;
export type UsageSource = keyof typeof usageSource;
export type RecordRoute = keyof typeof recordRoute;

/** One count record: cumulative counters of one request, as of `seq`. */
export interface UsageRecord {
  readonly kind: RecordKind;
  /** 0..11, from the account. */
  readonly partition: number;
  readonly status: RecordStatus;
  readonly usageSource: UsageSource;
  readonly route: RecordRoute;
  /** Whether the lease of the admission is the key's own (it has a spend limit). */
  readonly leaseByKey: boolean;
  /** 16 bytes each. */
  readonly edgeId: Uint8Array;
  readonly requestId: Uint8Array;
  readonly accountId: Uint8Array;
  readonly keyId: Uint8Array;
  /** Contiguous per (edge, partition) from 1, never reset. */
  readonly seq: bigint;
  /** Epoch of the admission. */
  readonly leaseEpoch: number;
  readonly priceVersion: number;
  /** What admission and extensions reserved, nano-USD: the customer pays no more. */
  readonly reservedNano: bigint;
  /** u32 each; larger counts are clamped by the edge and flagged. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly ttftMs: number;
  readonly latencyMs: number;
  /** UTC milliseconds. */
  readonly timeMs: number;
}

/** Why bytes are not a record: `crc` (damaged: dropped, shows as a gap) or `unknown` (intact, but not of this version). */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly reason: 'crc' | 'unknown';

  constructor(reason: 'crc' | 'unknown', what: string) {
    super(`not a count record: ${what}`);
    this.reason = reason;
  }
}

const offset = {
  version: 0,
  kind: 1,
  partition: 2,
  status: 3,
  usageSource: 4,
  route: 5,
  flags: 6,
  zero: 7,
  edgeId: 8,
  seq: 24,
  requestId: 32,
  accountId: 48,
  keyId: 64,
  leaseEpoch: 80,
  priceVersion: 84,
  reservedNano: 88,
  inputTokens: 96,
  cachedTokens: 100,
  outputTokens: 104,
  ttftMs: 108,
  latencyMs: 112,
  timeMs: 116,
  crc: 124,
} as const;

const leaseByKeyFlag = 1;

/** Writes a record over `target[at .. at+128]`. Throws `RangeError` on a value that does not fit its field. */
export function encodeRecord(record: UsageRecord, target: Buffer = Buffer.alloc(recordBytes), at = 0): Buffer {
  if (record.partition >>> 0 !== record.partition || record.partition > 0xff) throw new RangeError('the partition does not fit');
  target[at + offset.version] = version;
  target[at + offset.kind] = recordKind[record.kind];
  target[at + offset.partition] = record.partition;
  target[at + offset.status] = recordStatus[record.status];
  target[at + offset.usageSource] = usageSource[record.usageSource];
  target[at + offset.route] = recordRoute[record.route];
  target[at + offset.flags] = record.leaseByKey ? leaseByKeyFlag : 0;
  target[at + offset.zero] = 0;
  writeId(target, record.edgeId, at + offset.edgeId);
  writeU64(target, record.seq, at + offset.seq);
  writeId(target, record.requestId, at + offset.requestId);
  writeId(target, record.accountId, at + offset.accountId);
  writeId(target, record.keyId, at + offset.keyId);
  writeU32(target, record.leaseEpoch, at + offset.leaseEpoch);
  writeU32(target, record.priceVersion, at + offset.priceVersion);
  writeU64(target, record.reservedNano, at + offset.reservedNano);
  writeU32(target, record.inputTokens, at + offset.inputTokens);
  writeU32(target, record.cachedTokens, at + offset.cachedTokens);
  writeU32(target, record.outputTokens, at + offset.outputTokens);
  writeU32(target, record.ttftMs, at + offset.ttftMs);
  writeU32(target, record.latencyMs, at + offset.latencyMs);
  writeU64(target, record.timeMs, at + offset.timeMs);
  writeU32(target, crc32(target.subarray(at, at + offset.crc)), at + offset.crc);
  return target;
}

/** Whether 128 bytes carry the CRC-32 of themselves (zero bytes do not). */
export function recordIsIntact(bytes: Buffer): boolean {
  return bytes.length === recordBytes && bytes.readUInt32BE(offset.crc) === crc32(bytes.subarray(0, offset.crc));
}

/** Where a record stands: the part of the layout that every version has. */
export type RecordPlace = Pick<UsageRecord, 'edgeId' | 'partition' | 'seq'>;

/** The place of an intact record of whatever version; undefined when its partition or seq cannot be. */
export function readRecordPlace(bytes: Buffer): RecordPlace | undefined {
  const partition = bytes.readUInt8(offset.partition);
  const seq = bytes.readBigUInt64BE(offset.seq);
  if (partition >= partitionCount || seq === 0n) return undefined;
  return { edgeId: bytes.subarray(offset.edgeId, offset.edgeId + 16), partition, seq };
}

/** Reads a record. Throws `RecordError` with reason `crc` or `unknown`. */
export function decodeRecord(bytes: Buffer): UsageRecord {
  if (!recordIsIntact(bytes)) throw new RecordError('crc', 'length or CRC is wrong');
  if (bytes[offset.version] !== version) throw new RecordError('unknown', 'unknown version');
  const partition = bytes.readUInt8(offset.partition);
  const flags = bytes.readUInt8(offset.flags);
  const seq = bytes.readBigUInt64BE(offset.seq);
  const timeMs = bytes.readBigUInt64BE(offset.timeMs);
  if (partition >= partitionCount || flags > leaseByKeyFlag || bytes[7] !== 0 || seq === 0n) throw new RecordError('unknown', 'a value is out of range');
  if (timeMs > 8_640_000_000_000_000n) throw new RecordError('unknown', 'the time is out of range');
  return {
    kind: nameOf(recordKind, bytes.readUInt8(offset.kind)),
    partition,
    status: nameOf(recordStatus, bytes.readUInt8(offset.status)),
    usageSource: nameOf(usageSource, bytes.readUInt8(offset.usageSource)),
    route: nameOf(recordRoute, bytes.readUInt8(offset.route)),
    leaseByKey: flags === leaseByKeyFlag,
    edgeId: bytes.subarray(offset.edgeId, offset.edgeId + 16),
    requestId: bytes.subarray(offset.requestId, offset.requestId + 16),
    accountId: bytes.subarray(offset.accountId, offset.accountId + 16),
    keyId: bytes.subarray(offset.keyId, offset.keyId + 16),
    seq,
    leaseEpoch: bytes.readUInt32BE(offset.leaseEpoch),
    priceVersion: bytes.readUInt32BE(offset.priceVersion),
    reservedNano: bytes.readBigUInt64BE(offset.reservedNano),
    inputTokens: bytes.readUInt32BE(offset.inputTokens),
    cachedTokens: bytes.readUInt32BE(offset.cachedTokens),
    outputTokens: bytes.readUInt32BE(offset.outputTokens),
    ttftMs: bytes.readUInt32BE(offset.ttftMs),
    latencyMs: bytes.readUInt32BE(offset.latencyMs),
    timeMs: Number(timeMs),
  };
}

function nameOf<T extends Record<string, number>>(names: T, value: number): keyof T & string {
  for (const name in names) if (names[name] === value) return name;
  throw new RecordError('unknown', 'unknown enum value');
}
