import { encodeRecord, partitionCount, readRecordPlace, recordBytes, recordIsIntact } from '@tacet/usage';
import type { Outbox } from './outbox.ts';
import type { Seqs } from './segment.ts';

/** A record on its way to billing: 128 bytes, verbatim. */
export interface OutgoingRecord {
  readonly partition: number;
  readonly seq: number;
  readonly bytes: Buffer;
}

/** How many records are read from the disk at once. */
const readRecords = 512;

/**
 * Reads an outbox in order, from what was already sent on. A record that cannot be read (damaged, lost with
 * the power, removed too early) leaves a gap in its partition; the reader fills it with a hole, so that the
 * records behind it can be applied.
 */
export class OutboxReader {
  readonly #outbox: Outbox;
  readonly #edgeId: Buffer;
  readonly #onHole: () => void;
  /** Last seq by partition that was read, or need not be. */
  readonly #sent: number[];
  #segment: number;
  #index = 0;

  constructor(outbox: Outbox, edgeId: Buffer, sent: Seqs, onHole: () => void) {
    this.#outbox = outbox;
    this.#edgeId = edgeId;
    this.#onHole = onHole;
    this.#sent = [...sent];
    this.#segment = this.#segmentOf(this.#sent);
  }

  get sent(): Seqs {
    return this.#sent;
  }

  /** Goes back so that everything after `applied` is read again; never forward. */
  rewind(applied: Seqs): void {
    let moved = false;
    for (let partition = 0; partition < partitionCount; partition++) {
      const seq = applied[partition] ?? 0;
      if (seq >= (this.#sent[partition] ?? 0)) continue;
      this.#sent[partition] = seq;
      moved = true;
    }
    if (!moved) return;
    this.#segment = this.#segmentOf(this.#sent);
    this.#index = 0;
  }

  /** Takes for granted what another way has brought to billing. */
  skipTo(applied: Seqs): void {
    for (const [partition, seq] of applied.entries()) if (seq > (this.#sent[partition] ?? 0)) this.#sent[partition] = seq;
  }

  /** The next records up to `end` (an ordinal: what is synced), at most `max` and at least all holes on the way. */
  next(max: number, end: number): OutgoingRecord[] {
    const records: OutgoingRecord[] = [];
    while (records.length < max) {
      const segment = this.#outbox.segments.find(({ number }) => number >= this.#segment);
      if (segment === undefined) return records;
      if (segment.number !== this.#segment || this.#index === 0) {
        this.#segment = segment.number;
        this.#fillHoles(segment.base, records);
      }
      const synced = Math.min(segment.used, end - segment.number * segment.capacity);
      const count = Math.min(synced - this.#index, max - records.length, readRecords);
      if (count > 0) {
        this.#take(segment.read(this.#index, count), records);
        this.#index += count;
      } else if (this.#index === segment.capacity && segment !== this.#outbox.segments.at(-1)) {
        this.#segment++;
        this.#index = 0;
      } else return records;
    }
    return records;
  }

  #take(bytes: Buffer, records: OutgoingRecord[]): void {
    for (let at = 0; at < bytes.length; at += recordBytes) {
      const record = bytes.subarray(at, at + recordBytes);
      const place = recordIsIntact(record) ? readRecordPlace(record) : undefined;
      if (place === undefined) continue;
      const { partition } = place;
      const seq = Number(place.seq);
      const sent = this.#sent[partition] ?? 0;
      if (seq <= sent) continue;
      this.#fillHole(partition, seq - 1, records);
      records.push({ partition, seq, bytes: record });
      this.#sent[partition] = seq;
    }
  }

  #fillHoles(until: Seqs, records: OutgoingRecord[]): void {
    for (const [partition, seq] of until.entries()) this.#fillHole(partition, seq, records);
  }

  #fillHole(partition: number, until: number, records: OutgoingRecord[]): void {
    for (let seq = (this.#sent[partition] ?? 0) + 1; seq <= until; seq++) {
      records.push({ partition, seq, bytes: holeRecord(this.#edgeId, partition, seq) });
      this.#sent[partition] = seq;
      this.#onHole();
    }
  }

  /** The newest segment that has everything after `sent`; the oldest where none has. */
  #segmentOf(sent: Seqs): number {
    const { segments } = this.#outbox;
    const holding = segments.findLast(({ base }) => base.every((seq, partition) => seq <= (sent[partition] ?? 0)));
    return (holding ?? segments[0])?.number ?? 0;
  }
}

const noId = Buffer.alloc(16);

/** Stands for a record that cannot be read: it counts nothing and lets those behind it be applied. */
function holeRecord(edgeId: Buffer, partition: number, seq: number): Buffer {
  return encodeRecord({
    kind: 'hole', partition, status: 'none', usageSource: 'none', route: 'none', leaseByKey: false,
    edgeId, requestId: noId, accountId: noId, keyId: noId, seq: BigInt(seq),
    leaseEpoch: 0, priceVersion: 0, reservedNano: 0n, inputTokens: 0, cachedTokens: 0, outputTokens: 0, ttftMs: 0, latencyMs: 0, timeMs: 0,
  });
}
