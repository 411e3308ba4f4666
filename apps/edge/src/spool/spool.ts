import type { RecordStatus } from '@tacet/usage';
import { countRecord } from './count-record.ts';
import { GroupCommit } from './group-commit.ts';
import { NoLogTotals, type Absorbed } from './no-log-totals.ts';
import { Outbox, type Appended, type NewRecord, type OutboxOptions } from './outbox.ts';
import { recoverSpool, type Recovery } from './recover-spool.ts';
import type { Admission, RequestCounters } from './slot.ts';
import { SlotsFile, type SlotCounts } from './slots.ts';
import type { SpoolFiles } from './spool-files.ts';

export interface SpoolOptions extends OutboxOptions {
  readonly slots: SlotCounts;
  /** UTC milliseconds. */
  readonly wallMs: () => number;
  /** Told of the first failed write or sync: the process must cut its streams and end. */
  readonly onFailure: (error: unknown) => void;
}

/** A running request as the spool knows it. Its counters are the caller's to change; `Spool.touch` after each change. */
export interface OpenRequest {
  readonly admission: Admission;
  readonly counters: RequestCounters;
  readonly index: number;
  readonly ticket: number;
  readonly sinceSegment: number;
  isDirty: boolean;
  /** Whether its slot in the file holds anything: only counts that are not zero are worth a write. */
  isWritten: boolean;
  hasEnded: boolean;
}

/**
 * The edge's only durable state: slots of running requests, the outbox of count records and the totals of
 * no-log requests. It holds counts, enums and opaque ids; no content has a place in it.
 */
export class Spool {
  readonly outbox: Outbox;
  readonly totals: NoLogTotals;
  readonly recovery: Recovery;
  readonly #slots: SlotsFile;
  readonly #commit: GroupCommit;
  readonly #options: SpoolOptions;
  readonly #free: number[] = [];
  #dirty: OpenRequest[] = [];
  #flushScheduled = false;
  #whenWritten: (() => void)[] = [];
  #ticket = 0;
  #running = 0;
  #hasFailed = false;

  private constructor(options: SpoolOptions, outbox: Outbox, slots: SlotsFile, recovery: Recovery) {
    this.#options = options;
    this.outbox = outbox;
    this.#slots = slots;
    this.totals = new NoLogTotals(slots);
    this.recovery = recovery;
    for (let index = slots.counts.requests - 1; index >= 0; index--) this.#free.push(index);
    this.#commit = new GroupCommit({ takeUnsynced: () => this.#takeUnsynced(), end: () => outbox.end, onFailure: (error) => this.#fail(error) });
  }

  /** Opens the spool of a folder, ends what a crash left open, and syncs. Throws an `Error` when it cannot be read. */
  static open(files: SpoolFiles, options: SpoolOptions): Spool {
    const outbox = Outbox.open(files, options);
    let slots = SlotsFile.open(files) ?? SlotsFile.create(files, options.slots);
    const totals = new NoLogTotals(slots);
    const recovery = recoverSpool(outbox, slots, totals, options.wallMs());
    for (const file of [...outbox.takeUnsynced(), ...slots.takeUnsynced()]) file.syncNow();
    const { requests, totals: totalSlots } = options.slots;
    if (slots.counts.requests !== requests || slots.counts.totals !== totalSlots) {
      slots.close();
      slots = SlotsFile.create(files, options.slots, totals.all());
    }
    return new Spool(options, outbox, slots, recovery);
  }

  /** How many requests hold a slot. */
  get running(): number {
    return this.#running;
  }

  /** Records before this ordinal may be published. */
  get synced(): number {
    return this.#commit.synced;
  }

  /** Whether the records of one more request, and of all that run, surely have room. */
  get hasRoom(): boolean {
    return this.outbox.freeRecords >= 2 * (this.#running + 1);
  }

  /**
   * Gives a request its slot; undefined when none is free. The slot is written with the first `touch`: of a
   * request that has received nothing a crash loses nothing.
   */
  openRequest(admission: Admission, counters: RequestCounters): OpenRequest | undefined {
    if (admission.noLog && !this.totals.reserve(admission)) return undefined;
    const index = this.#free.pop();
    if (index === undefined) return undefined;
    this.#running++;
    this.#ticket = this.#ticket === 0xffff_ffff ? 1 : this.#ticket + 1;
    return { admission, counters, index, ticket: this.#ticket, sinceSegment: this.outbox.currentSegment, isDirty: false, isWritten: false, hasEnded: false };
  }

  /** Notes changed counters; they are written at the end of this tick, after the socket writes. */
  touch(request: OpenRequest): void {
    if (request.isDirty || request.hasEnded) return;
    request.isDirty = true;
    this.#dirty.push(request);
    this.#scheduleFlush();
  }

  /** Appends a checkpoint of a normal request. */
  checkpoint({ admission, counters }: OpenRequest, latencyMs: number): Appended {
    return this.#append(countRecord(admission, counters, { kind: 'checkpoint', status: 'none', latencyMs, timeMs: this.#options.wallMs() }));
  }

  /** Ends a normal request: its final is appended, then its slot cleared. */
  finish(request: OpenRequest, status: RecordStatus, latencyMs: number): Appended {
    const appended = this.#append(this.#finalOf(request, status, latencyMs));
    this.#clear(request);
    this.#release(request);
    return appended;
  }

  /**
   * The same for many requests that end in one turn of the event loop: their finals go into one write at its end. Whoever ends a
   * request so may hand its last bytes to a socket in a callback of `whenWritten`, and not before.
   */
  finishInTurn(request: OpenRequest, status: RecordStatus, latencyMs: number): Appended {
    const record = this.#finalOf(request, status, latencyMs);
    const appended = this.#guard(() => this.outbox.hold(record));
    this.#clear(request);
    this.#release(request);
    this.#scheduleFlush();
    return appended;
  }

  /** As `finishInTurn`, for a no-log request. Totals of requests whose slots were never written are written at the end of the turn. */
  absorbInTurn(request: OpenRequest): Absorbed {
    if (request.isWritten) return this.absorb(request);
    const absorbed = this.totals.hold(request.admission, request.counters);
    this.#release(request);
    this.#scheduleFlush();
    return absorbed;
  }

  /** Calls back at the end of this turn, when all that was finished until now is written; never, when the disk fails. */
  whenWritten(callback: () => void): void {
    this.#whenWritten.push(callback);
    this.#scheduleFlush();
  }

  /** Ends a no-log request: its counts go into their total, then its slot is cleared. Returns the total before and after. */
  absorb(request: OpenRequest): Absorbed {
    const { admission, counters, ticket, index } = request;
    const absorbed = this.#guard(() => {
      const sum = this.totals.absorb(admission, counters, ticket);
      if (request.isWritten) this.#slots.clearRequestNow(index);
      return sum;
    });
    this.#release(request);
    this.#commit.touch();
    return absorbed;
  }

  /** Frees the slot of a request that never reached a worker. */
  drop(request: OpenRequest): void {
    this.#clear(request);
    this.#release(request);
  }

  /** Resolves when everything written until now is durable. */
  whenSynced(): Promise<void> {
    return this.#commit.whenSynced();
  }

  close(): void {
    this.#guard(() => {
      for (const file of this.#takeUnsynced()) file.syncNow();
    });
    this.outbox.close();
    this.#slots.close();
  }

  #clear(request: OpenRequest): void {
    if (!request.isWritten) return;
    this.#slots.clearRequest(request.index);
    this.#scheduleFlush();
  }

  #release(request: OpenRequest): void {
    // From now on the slot may be another's: neither the next flush nor a late touch may write it.
    request.hasEnded = true;
    this.#free.push(request.index);
    this.#running--;
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#flushScheduled = false;
    try {
      this.#flush();
      this.#commit.touch();
    } catch (error) {
      return this.#fail(error);
    }
    const callbacks = this.#whenWritten;
    this.#whenWritten = [];
    for (const callback of callbacks) callback();
  };

  /** Finals before the slots that they clear. */
  #flush(): void {
    this.outbox.flush();
    this.totals.release();
    for (const request of this.#dirty) {
      request.isDirty = false;
      if (request.hasEnded) continue;
      request.isWritten = true;
      this.#slots.setRequest(request.index, request);
    }
    this.#dirty = [];
    this.#slots.flush();
  }

  #takeUnsynced() {
    this.#flush();
    return [...this.outbox.takeUnsynced(), ...this.#slots.takeUnsynced()];
  }

  #finalOf({ admission, counters }: OpenRequest, status: RecordStatus, latencyMs: number): NewRecord {
    return countRecord(admission, counters, { kind: 'final', status, latencyMs, timeMs: this.#options.wallMs() });
  }

  #append(record: NewRecord): Appended {
    const appended = this.#guard(() => this.outbox.append(record));
    this.#commit.touch();
    return appended;
  }

  #guard<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.onFailure(error);
  }
}
