import { partitionOf, recordRoute, usageSource, writeId, writeU32, writeU64, type RecordRoute, type UsageSource } from '@tacet/usage';
import { halfBytes, sealHalf } from './two-halves.ts';

/** Bytes of one slot: two halves. */
export const slotBytes = 2 * halfBytes;

/** How many absorbed requests a total names: those whose slots may still be there after a crash. */
export const absorbedMax = 9;

const slotVersion = 1;
const requestKind = 1;
const totalKind = 2;
const leaseByKeyFlag = 1;
const noLogFlag = 2;

/** What a request is admitted with; it stays the same until its end. */
export interface Admission {
  /** Epoch of the admission: of the lease that pays. */
  readonly epoch: number;
  /** 16 zero bytes for no-log. */
  readonly requestId: Buffer;
  readonly accountId: Buffer;
  /** Of the account; not stored, since it follows from it. */
  readonly partition: number;
  /** 16 zero bytes where there is none; for no-log also where the lease is not the key's own. */
  readonly keyId: Buffer;
  readonly leaseByKey: boolean;
  readonly noLog: boolean;
  readonly priceVersion: number;
  readonly route: RecordRoute;
  /** UTC milliseconds; 0 for no-log. */
  readonly startedMs: number;
}

/** Cumulative counters of a running request, as they are in its slot. */
export interface RequestCounters {
  reservedNano: bigint;
  input: number;
  cached: number;
  output: number;
  source: UsageSource;
  /** 0 for no-log. */
  ttftMs: number;
}

/** A request slot as it was found or is to be written. */
export interface RequestSlotContent {
  readonly admission: Admission;
  readonly counters: Readonly<RequestCounters>;
  /** Unique within the epoch; a total names by it what it has absorbed. */
  readonly ticket: number;
  /** Number of the outbox segment at admission: a final of this request can only be there or behind. */
  readonly sinceSegment: number;
}

/** Token totals of no-log requests of one account (or key), price and epoch. */
export interface TotalContent {
  readonly epoch: number;
  readonly accountId: Buffer;
  /** 16 zero bytes unless the key has a spend limit. */
  readonly keyId: Buffer;
  readonly leaseByKey: boolean;
  readonly priceVersion: number;
  /** Raised with each change. */
  readonly version: number;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** UTC day since 1970 on which the epoch was folded for good; 0 = not yet. */
  readonly foldedDay: number;
  /** Tickets of the requests absorbed last, newest first. */
  readonly absorbed: readonly number[];
}

/** Writes one half of a request slot. */
export function encodeRequestSlot(target: Buffer, at: number, update: number, content: RequestSlotContent): void {
  const { admission, counters } = content;
  target.fill(0, at, at + halfBytes);
  target[at] = slotVersion;
  target[at + 1] = requestKind;
  target[at + 2] = (admission.leaseByKey ? leaseByKeyFlag : 0) | (admission.noLog ? noLogFlag : 0);
  target[at + 3] = recordRoute[admission.route];
  writeU32(target, admission.epoch, at + 8);
  writeU32(target, content.ticket, at + 12);
  writeId(target, admission.requestId, at + 16);
  writeId(target, admission.accountId, at + 32);
  writeId(target, admission.keyId, at + 48);
  writeU32(target, admission.priceVersion, at + 64);
  target[at + 68] = usageSource[counters.source];
  writeU64(target, counters.reservedNano, at + 72);
  writeU32(target, counters.input, at + 80);
  writeU32(target, counters.cached, at + 84);
  writeU32(target, counters.output, at + 88);
  writeU32(target, counters.ttftMs, at + 92);
  writeU64(target, admission.startedMs, at + 96);
  writeU32(target, content.sinceSegment, at + 104);
  sealHalf(target, at, update);
}

/** Writes one half of a total. */
export function encodeTotal(target: Buffer, at: number, update: number, total: TotalContent): void {
  target.fill(0, at, at + halfBytes);
  target[at] = slotVersion;
  target[at + 1] = totalKind;
  target[at + 2] = total.leaseByKey ? leaseByKeyFlag : 0;
  writeU32(target, total.epoch, at + 8);
  writeU32(target, total.foldedDay, at + 12);
  writeId(target, total.accountId, at + 16);
  writeId(target, total.keyId, at + 32);
  writeU32(target, total.priceVersion, at + 48);
  writeU64(target, total.version, at + 56);
  writeU64(target, total.input, at + 64);
  writeU64(target, total.cached, at + 72);
  writeU64(target, total.output, at + 80);
  for (let i = 0; i < absorbedMax; i++) writeU32(target, total.absorbed[i] ?? 0, at + 88 + 4 * i);
  sealHalf(target, at, update);
}

/** Reads an intact half of a request slot; undefined when it is of another kind or version. */
export function decodeRequestSlot(half: Buffer): RequestSlotContent | undefined {
  if (half[0] !== slotVersion || half[1] !== requestKind) return undefined;
  const flags = half[2] ?? 0;
  const route = nameOf(recordRoute, half[3]);
  const source = nameOf(usageSource, half[68]);
  if (route === undefined || source === undefined) return undefined;
  const accountId = copy(half, 32);
  return {
    admission: {
      epoch: half.readUInt32BE(8),
      requestId: copy(half, 16),
      accountId,
      partition: partitionOf(accountId),
      keyId: copy(half, 48),
      leaseByKey: (flags & leaseByKeyFlag) !== 0,
      noLog: (flags & noLogFlag) !== 0,
      priceVersion: half.readUInt32BE(64),
      route,
      startedMs: Number(half.readBigUInt64BE(96)),
    },
    counters: {
      reservedNano: half.readBigUInt64BE(72),
      input: half.readUInt32BE(80),
      cached: half.readUInt32BE(84),
      output: half.readUInt32BE(88),
      source,
      ttftMs: half.readUInt32BE(92),
    },
    ticket: half.readUInt32BE(12),
    sinceSegment: half.readUInt32BE(104),
  };
}

/** Reads an intact half of a total; undefined when it is of another kind or version. */
export function decodeTotal(half: Buffer): TotalContent | undefined {
  if (half[0] !== slotVersion || half[1] !== totalKind) return undefined;
  const absorbed = Array.from({ length: absorbedMax }, (_, i) => half.readUInt32BE(88 + 4 * i)).filter((ticket) => ticket !== 0);
  return {
    epoch: half.readUInt32BE(8),
    foldedDay: half.readUInt32BE(12),
    accountId: copy(half, 16),
    keyId: copy(half, 32),
    leaseByKey: ((half[2] ?? 0) & leaseByKeyFlag) !== 0,
    priceVersion: half.readUInt32BE(48),
    version: Number(half.readBigUInt64BE(56)),
    input: Number(half.readBigUInt64BE(64)),
    cached: Number(half.readBigUInt64BE(72)),
    output: Number(half.readBigUInt64BE(80)),
    absorbed,
  };
}

function copy(half: Buffer, at: number): Buffer {
  return Buffer.from(half.subarray(at, at + 16));
}

function nameOf<T extends Record<string, number>>(names: T, value: number | undefined): (keyof T & string) | undefined {
  for (const name in names) if (names[name] === value) return name;
  return undefined;
}
