import { encodeRecord, partitionCount, readRecordPlace, recordBytes, recordIsIntact, recordKind, type UsageRecord } from '@tacet/usage';
import { openSegment, recordCapacity, Segment, type Seqs } from './segment.ts';
import type { SpoolFile, SpoolFiles } from './spool-files.ts';

/** Size of a segment file, unless told otherwise. */
export const segmentBytes = 16 * 1024 * 1024;

/** How long a segment is kept after all of its records were applied, while there is room. */
export const appliedSegmentKeptMs = 24 * 3_600_000;

/** How many records are held in memory at most; the next one writes them. */
export const heldMax = 64;

export interface OutboxOptions {
  readonly edgeId: Buffer;
  readonly segmentBytes: number;
  /** Quota of all segments together; at least three. */
  readonly bytesMax: number;
  /** Milliseconds of a clock that cannot be set. */
  readonly monotonicMs: () => number;
  /** Told of damaged records and of segments that could not be prepared. */
  readonly onTrouble: (trouble: 'damaged_records' | 'segment_not_prepared', count: number) => void;
}

/** A record whose `seq` and `edgeId` the outbox sets. */
export type NewRecord = { -readonly [F in 'seq' | 'edgeId']: UsageRecord[F] } & Omit<UsageRecord, 'seq' | 'edgeId'>;

/** Where a record was appended. */
export interface Appended {
  readonly seq: number;
  /** Rises by at least one with every record of the outbox, over all partitions. */
  readonly ordinal: number;
}

/**
 * The log of count records: preallocated segments, appended to in one order and numbered contiguously per
 * partition, for ever. libs/usage/README.md has the layout. What was appended survives `kill -9`; what was
 * also synced survives the loss of power.
 */
export class Outbox {
  readonly #files: SpoolFiles;
  readonly #options: OutboxOptions;
  /** Oldest first; the last one is appended to. */
  readonly #segments: Segment[];
  readonly #last: number[];
  /** Records that are numbered but not written yet. */
  readonly #held = Buffer.alloc(heldMax * recordBytes);
  #heldCount = 0;
  /** Segments with writes that were not synced. */
  readonly #unsynced: Set<Segment>;
  /** Of one segment. */
  readonly #capacity: number;
  /** Applied segments, whose room may be used again; undefined: to be counted. */
  #reusable: number | undefined;
  /** The next segment's file, made ahead of time. */
  #spare: SpoolFile | undefined;
  #preparing: Promise<void> | undefined;

  private constructor(files: SpoolFiles, options: OutboxOptions, segments: Segment[], last: number[]) {
    this.#files = files;
    this.#options = options;
    this.#segments = segments;
    this.#last = last;
    this.#capacity = recordCapacity(options.segmentBytes);
    // The process before may have died between a write and its sync.
    this.#unsynced = new Set(segments);
  }

  /** Opens the outbox of a spool, or makes one. Truncates a torn tail. Throws an `Error` when it cannot be read. */
  static open(files: SpoolFiles, options: OutboxOptions): Outbox {
    if (files.list().includes(spareName)) files.remove(spareName);
    const numbers = segmentNumbers(files);
    if (numbers.some((number, i) => i > 0 && number - 1 !== numbers[i - 1])) throw new Error('a segment of the outbox is missing');
    const segments = numbers.map((number) => openSegment(number, files.open(nameOf(number)), options.edgeId));
    const last = segments.at(-1);
    if (last === undefined) {
      const base = Array<number>(partitionCount).fill(0);
      const outbox = new Outbox(files, options, [], base);
      outbox.#begin(1, files.create(spareName, options.segmentBytes));
      return outbox;
    }
    for (const segment of segments) segment.used = segment.capacity;
    const { seqs, damaged } = recoverTail(last);
    if (damaged > 0) options.onTrouble('damaged_records', damaged);
    return new Outbox(files, options, segments, seqs);
  }

  /** The last seq of each partition. */
  get last(): Seqs {
    return this.#last;
  }

  /** The ordinal of the next record that is written, at least. */
  get end(): number {
    return this.#current.number * this.#capacity + this.#current.used;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Number of the segment that is appended to. */
  get currentSegment(): number {
    return this.#current.number;
  }

  /** How many records can still be appended: in segments that exist, that may be made, or whose room is free. */
  get freeRecords(): number {
    const { bytesMax, segmentBytes: size } = this.#options;
    const current = this.#current;
    const spares = this.#spare ? 1 : 0;
    const makeable = Math.max(0, Math.floor(bytesMax / size) - this.#segments.length - spares);
    this.#reusable ??= this.#segments.filter((segment) => segment !== current && segment.appliedAt !== undefined).length;
    return current.capacity - current.used - this.#heldCount + this.#capacity * (makeable + this.#reusable + spares);
  }

  /** Appends a record to its partition. Throws when the disk does. */
  append(record: NewRecord): Appended {
    const appended = this.hold(record);
    this.flush();
    return appended;
  }

  /** The same, but the record may stay in memory until `flush`, which writes all that were held at once. */
  hold(record: NewRecord): Appended {
    if (this.#heldCount === heldMax) this.flush();
    if (this.#current.used + this.#heldCount === this.#current.capacity) {
      this.flush();
      this.#beginNext();
    }
    const current = this.#current;
    const seq = (this.#last[record.partition] ?? 0) + 1;
    record.seq = BigInt(seq);
    record.edgeId = this.#options.edgeId;
    encodeRecord(record, this.#held, this.#heldCount * recordBytes);
    const ordinal = current.number * this.#capacity + current.used + this.#heldCount;
    this.#heldCount++;
    this.#last[record.partition] = seq;
    return { seq, ordinal };
  }

  /** Writes what is held. Throws when the disk does. */
  flush(): void {
    if (this.#heldCount === 0) return;
    const current = this.#current;
    current.append(this.#held, this.#heldCount);
    this.#heldCount = 0;
    this.#unsynced.add(current);
    if (current.used * 2 > current.capacity && !this.#spare && !this.#preparing) void this.prepareNext();
  }

  /** The files to sync so that everything appended so far is durable; they count as synced from now on. */
  takeUnsynced(): SpoolFile[] {
    const files = [...this.#unsynced].map((segment) => segment.file);
    this.#unsynced.clear();
    return files;
  }

  /** Makes the next segment's file ahead of time, so that an append never waits for 16 MiB of zeros. */
  async prepareNext(): Promise<void> {
    if (this.#spare || this.#preparing || !this.#makeRoom()) return;
    this.#preparing = this.#files.prepare(spareName, this.#options.segmentBytes).then(
      (file) => void (this.#spare = file),
      // A full disk: the append that needs the segment tries again, and fails loudly.
      () => this.#options.onTrouble('segment_not_prepared', 1),
    );
    await this.#preparing;
    this.#preparing = undefined;
  }

  /** Takes note of what billing has applied; segments whose last record that covers may be removed. */
  noteApplied(applied: Seqs): void {
    this.#reusable = undefined;
    for (const [i, segment] of this.#segments.entries()) {
      const next = this.#segments[i + 1];
      if (next === undefined) return;
      const isApplied = next.base.every((seq, partition) => (applied[partition] ?? 0) >= seq);
      if (!isApplied) segment.appliedAt = undefined;
      else segment.appliedAt ??= this.#options.monotonicMs();
    }
  }

  /** Removes segments that were applied long ago. */
  removeExpired(): void {
    const before = this.#options.monotonicMs() - appliedSegmentKeptMs;
    while (this.#segments.length > 1 && (this.#segments[0]?.appliedAt ?? Infinity) < before) this.#removeOldest();
  }

  close(): void {
    for (const segment of this.#segments) segment.file.close();
    this.#spare?.close();
  }

  get #current(): Segment {
    return this.#segments[this.#segments.length - 1] as Segment;
  }

  #beginNext(): void {
    let file = this.#spare;
    this.#spare = undefined;
    if (file === undefined) {
      if (!this.#makeRoom()) throw new Error('the spool is full');
      file = this.#files.create(spareName, this.#options.segmentBytes);
    }
    this.#begin(this.#current.number + 1, file);
  }

  /** The header is durable before the segment has its name: a segment that exists can be read. */
  #begin(number: number, file: SpoolFile): void {
    const segment = new Segment(number, file, [...this.#last]);
    segment.begin(this.#options.edgeId);
    this.#files.rename(spareName, nameOf(number));
    this.#segments.push(segment);
    this.#reusable = undefined;
  }

  /** Whether the quota allows one more segment, removing the oldest applied one if it must. */
  #makeRoom(): boolean {
    const { bytesMax, segmentBytes: size } = this.#options;
    const fits = () => (this.#segments.length + 1) * size <= bytesMax;
    while (!fits() && this.#segments.length > 1 && this.#segments[0]?.appliedAt !== undefined) this.#removeOldest();
    return fits();
  }

  #removeOldest(): void {
    const oldest = this.#segments.shift();
    this.#reusable = undefined;
    if (oldest === undefined) return;
    oldest.file.close();
    this.#files.remove(nameOf(oldest.number));
  }
}

/** Finds the end of the last segment and the last seqs; zeroes what follows the last intact record. */
function recoverTail(segment: Segment): { readonly seqs: number[]; readonly damaged: number } {
  const seqs = [...segment.base];
  segment.used = 0;
  const bytes = segment.read(0, segment.capacity);
  let intact = 0;
  let hasTail = false;
  for (let index = 0; index < segment.capacity; index++) {
    const record = bytes.subarray(index * recordBytes, (index + 1) * recordBytes);
    const place = recordIsIntact(record) ? readRecordPlace(record) : undefined;
    if (place === undefined) {
      hasTail ||= record.some((byte) => byte !== 0);
      continue;
    }
    seqs[place.partition] = Number(place.seq);
    segment.used = index + 1;
    intact++;
    hasTail = false;
  }
  if (hasTail) {
    segment.clearTail();
    segment.file.syncNow();
  }
  return { seqs, damaged: segment.used - intact };
}

/** The request ids (hex) among `wanted` whose final is in the outbox, from a segment on. */
export function findFinals(outbox: Outbox, wanted: ReadonlySet<string>, fromSegment: number): Set<string> {
  const found = new Set<string>();
  for (const segment of outbox.segments) {
    if (segment.number < fromSegment) continue;
    const bytes = segment.read(0, segment.used);
    for (let at = 0; at < bytes.length; at += recordBytes) {
      if (bytes[at + 1] !== recordKind.final) continue;
      const requestId = bytes.toString('hex', at + 32, at + 48);
      if (wanted.has(requestId) && recordIsIntact(bytes.subarray(at, at + recordBytes))) found.add(requestId);
    }
  }
  return found;
}

const spareName = 'outbox-spare';
const namePattern = /^outbox-(\d{10})$/;

function nameOf(number: number): string {
  return `outbox-${number.toString().padStart(10, '0')}`;
}

function segmentNumbers(files: SpoolFiles): number[] {
  const numbers = files.list().flatMap((name) => namePattern.exec(name)?.slice(1, 2) ?? []);
  return numbers.map(Number).sort((a, b) => a - b);
}
