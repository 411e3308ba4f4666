import { charge, type Rates } from '@tacet/pricing';
import {
  decodeRecord,
  readRecordPlace,
  recordIsIntact,
  recordRoute,
  recordStatus,
  usageSource,
  type RecordPlace,
  type UsageRecord,
} from '@tacet/usage';
import { amountNanoMax } from '../limits.ts';

/** Largest value of a Postgres bigint. */
const bigintMax = 2n ** 63n - 1n;

/** What stands at a place of a sequence, as billing.apply_usage numbers it. */
const what = { record: 1, hole: 2, unknownFormat: 3, unknownPrice: 4, conflict: 5 } as const;

/** The rates of a price version; undefined when there is no such version. */
export type PriceOf = (priceVersion: number) => Rates | undefined;

/** A batch of count records, ready for billing.apply_usage. */
export interface UsageColumns {
  /** In the order of the function's parameters: arrays in Postgres' own text form. */
  readonly values: readonly string[];
  /** The records in the order of the columns: element `place - 1`. */
  readonly records: readonly Buffer[];
  /** How many had a wrong CRC: dropped, they show as a gap. */
  readonly corrupt: number;
  /** Intact, but of an unknown form and without a place that could count as applied. */
  readonly unplaced: readonly Buffer[];
  /** Records that say exactly how much was generated, and less than an earlier one of their request in their run had said exactly. */
  readonly shrunk: readonly ShrunkOutput[];
}

/** Of one request: output tokens before and after. */
export interface ShrunkOutput {
  readonly record: UsageRecord;
  readonly outputBefore: number;
}

interface Placed extends RecordPlace {
  readonly bytes: Buffer;
  /** Undefined: of an unknown form. */
  readonly record: UsageRecord | undefined;
}

/** Sorts records into runs of sequences and reads them into columns. Prices are immutable, so `priceOf` may remember them. */
export function toUsageColumns(records: readonly Buffer[], priceOf: PriceOf): UsageColumns {
  const placed: Placed[] = [];
  const unplaced: Buffer[] = [];
  let corrupt = 0;
  for (const bytes of records) {
    if (!recordIsIntact(bytes)) corrupt++;
    else {
      const one = place(bytes);
      if (one) placed.push(one);
      else unplaced.push(bytes);
    }
  }
  placed.sort(byPlace);
  const inOrder = placed.filter((one, at) => at === 0 || byPlace(placed[at - 1] ?? one, one) !== 0);
  const runs = new Runs();
  const columns = new Columns(priceOf);
  for (const one of inOrder) {
    if (runs.add(one)) columns.beginRun();
    columns.add(one);
  }
  return { values: [...runs.values, ...columns.values], records: inOrder.map(({ bytes }) => bytes), corrupt, unplaced, shrunk: columns.shrunk };
}

function place(bytes: Buffer): Placed | undefined {
  let record: UsageRecord | undefined;
  try {
    record = decodeRecord(bytes);
  } catch {
    record = undefined;
  }
  const at = record ?? readRecordPlace(bytes);
  if (!at || at.seq > bigintMax) return undefined;
  return { edgeId: at.edgeId, partition: at.partition, seq: at.seq, bytes, record };
}

function byPlace(a: Placed, b: Placed): number {
  return Buffer.compare(a.edgeId, b.edgeId) || a.partition - b.partition || (a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0);
}

/** The contiguous parts of sequences: edge, partition, first seq, place of the first record, length. */
class Runs {
  readonly #columns: [string[], number[], bigint[], number[], number[]] = [[], [], [], [], []];
  #last: Placed | undefined;
  #place = 0;

  /** Whether the record begins a new run. */
  add(one: Placed): boolean {
    const last = this.#last;
    this.#last = one;
    this.#place++;
    const [edges, partitions, firsts, places, lengths] = this.#columns;
    if (last && last.seq + 1n === one.seq && last.partition === one.partition && Buffer.compare(last.edgeId, one.edgeId) === 0) {
      lengths.push((lengths.pop() ?? 0) + 1);
      return false;
    }
    edges.push(hex(one.edgeId));
    partitions.push(one.partition);
    firsts.push(one.seq);
    places.push(this.#place);
    lengths.push(1);
    return true;
  }

  get values(): readonly string[] {
    return this.#columns.map(toArray);
  }
}

/** The records, one column per field; places count from 1. */
class Columns {
  readonly #priceOf: PriceOf;
  readonly #latestInRun = new Map<string, { readonly record: UsageRecord; readonly place: number; readonly peak: bigint }>();
  readonly #what: number[] = [];
  readonly #latest: string[] = [];
  readonly #edge: string[] = [];
  readonly #seq: bigint[] = [];
  readonly #request: string[] = [];
  readonly #account: string[] = [];
  readonly #key: string[] = [];
  readonly #epoch: number[] = [];
  readonly #byKey: string[] = [];
  readonly #price: number[] = [];
  readonly #reserved: bigint[] = [];
  readonly #input: number[] = [];
  readonly #cached: number[] = [];
  readonly #output: number[] = [];
  readonly #charge: bigint[] = [];
  readonly #peak: bigint[] = [];
  readonly #final: string[] = [];
  readonly #status: number[] = [];
  readonly #source: number[] = [];
  readonly #route: number[] = [];
  readonly #ttft: number[] = [];
  readonly #latency: number[] = [];
  readonly #time: number[] = [];
  readonly shrunk: ShrunkOutput[] = [];
  #low = 'f'.repeat(32);
  #high = nil;

  constructor(priceOf: PriceOf) {
    this.#priceOf = priceOf;
  }

  beginRun(): void {
    this.#latestInRun.clear();
  }

  add({ edgeId, seq, record }: Placed): void {
    this.#edge.push(hex(edgeId));
    this.#seq.push(seq);
    if (record === undefined) return this.#addUncharged(what.unknownFormat);
    if (record.kind === 'hole') return this.#addUncharged(what.hole);
    const rates = this.#priceOf(record.priceVersion);
    if (rates === undefined) return this.#addUncharged(what.unknownPrice);
    this.#addRecord(record, rates);
  }

  #addRecord(record: UsageRecord, rates: Rates): void {
    const request = hex(record.requestId);
    const earlier = this.#latestInRun.get(request);
    // As if the earlier one had come in a batch of its own: the database would refuse this one.
    if (earlier && !isSameRequest(earlier.record, record)) return this.#addUncharged(what.conflict);
    const outputBefore = earlier?.record.outputTokens ?? 0;
    if (isExact(record) && earlier && isExact(earlier.record) && record.outputTokens < outputBefore) this.shrunk.push({ record, outputBefore });
    if (request < this.#low) this.#low = request;
    if (request > this.#high) this.#high = request;
    const counts = { input: BigInt(record.inputTokens), cached: BigInt(record.cachedTokens), output: BigInt(record.outputTokens) };
    const cost = least(charge(rates, counts), amountNanoMax);
    const reserved = least(record.reservedNano, amountNanoMax);
    this.#addMoney(request, record, cost, reserved);
    this.#request.push(request);
    this.#what.push(what.record);
    this.#account.push(hex(record.accountId));
    this.#key.push(hex(record.keyId));
    this.#epoch.push(record.leaseEpoch);
    this.#byKey.push(record.leaseByKey ? 't' : 'f');
    this.#price.push(record.priceVersion);
    this.#input.push(record.inputTokens);
    this.#cached.push(record.cachedTokens);
    this.#output.push(record.outputTokens);
    this.#final.push(record.kind === 'final' ? 't' : 'f');
    this.#status.push(recordStatus[record.status]);
    this.#source.push(usageSource[record.usageSource]);
    this.#route.push(recordRoute[record.route]);
    this.#ttft.push(record.ttftMs);
    this.#latency.push(record.latencyMs);
    this.#time.push(record.timeMs);
  }

  /** Only the last record of a request counts within a run; the peak remembers what the others would have charged. */
  #addMoney(request: string, record: UsageRecord, cost: bigint, reserved: bigint): void {
    const billed = least(cost, reserved);
    const earlier = this.#latestInRun.get(request);
    if (earlier) this.#latest[earlier.place] = 'f';
    const peak = earlier && earlier.peak > billed ? earlier.peak : billed;
    this.#latestInRun.set(request, { record, place: this.#latest.length, peak });
    this.#latest.push('t');
    this.#charge.push(cost);
    this.#reserved.push(reserved);
    this.#peak.push(peak);
  }

  /** A place that charges nobody. */
  #addUncharged(kind: number): void {
    this.#what.push(kind);
    for (const column of [this.#latest, this.#byKey, this.#final]) column.push('f');
    for (const column of [this.#request, this.#account, this.#key]) column.push(nil);
    for (const column of [this.#reserved, this.#charge, this.#peak]) column.push(0n);
    for (const column of [this.#epoch, this.#price, this.#input, this.#cached, this.#output]) column.push(0);
    for (const column of [this.#status, this.#source, this.#route, this.#ttft, this.#latency, this.#time]) column.push(0);
  }

  get values(): readonly string[] {
    const money = [this.#reserved, this.#input, this.#cached, this.#output, this.#charge, this.#peak];
    const description = [this.#final, this.#status, this.#source, this.#route, this.#ttft, this.#latency, this.#time];
    const ids = [this.#edge, this.#seq, this.#request, this.#account, this.#key, this.#epoch, this.#byKey, this.#price];
    const [low, high] = this.#low > this.#high ? [nil, nil] : [this.#low, this.#high];
    return [low, high, ...[this.#what, this.#latest, ...ids, ...money, ...description].map(toArray)];
  }
}

/** Whether two records can be of one request: everything that its admission fixed is the same. */
function isSameRequest(a: UsageRecord, b: UsageRecord): boolean {
  const sameNumbers = a.leaseEpoch === b.leaseEpoch && a.leaseByKey === b.leaseByKey && a.priceVersion === b.priceVersion;
  return sameNumbers && Buffer.compare(a.accountId, b.accountId) === 0 && Buffer.compare(a.keyId, b.keyId) === 0;
}

function isExact({ usageSource: source }: UsageRecord): boolean {
  return source === 'exact';
}

const nil = '0'.repeat(32);

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function toArray(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}
