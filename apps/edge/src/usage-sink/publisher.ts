import { OutboxReader } from '../spool/outbox-reader.ts';
import type { Seqs } from '../spool/segment.ts';
import type { Spool } from '../spool/spool.ts';
import type { ProtocolTimes } from '../money/protocol-times.ts';
import { sinkRecordsMax, type UsageSink } from './usage-sink.ts';

/** How long records are gathered before they are sent. */
const lingerMs = 100;
const retryMsMin = 100;
const retryMsMax = 5_000;

export interface PublisherOptions {
  readonly spool: Spool;
  readonly edgeId: Buffer;
  readonly sink: UsageSink;
  readonly monotonicMs: () => number;
  readonly onApplied: (applied: Seqs) => void;
  readonly onTrouble: (trouble: 'hole' | 'send_failed' | 'sent_again' | 'fell_back', error?: unknown) => void;
}

interface Progress {
  applied: number;
  movedAt: number;
  /** When nothing that was sent was waited for any more, or the last wait ended: from here the next wait is counted. */
  restedAt: number;
  waitMs: number;
}

/**
 * Brings the outbox to billing: sends what is synced, one batch at a time, and sends again from `applied` on
 * when that falls back (at once) or does not move (after a wait that doubles). An acknowledgement of the sink
 * counts for nothing.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #progress: Progress[];
  #reader: OutboxReader;
  #times: ProtocolTimes;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #pauseUntil = 0;
  #retryMs = retryMsMin;

  /** `applied`: what billing had at the opening of the session. */
  constructor(options: PublisherOptions, applied: Seqs, times: ProtocolTimes) {
    this.#options = options;
    this.#times = times;
    const now = options.monotonicMs();
    this.#progress = applied.map((seq) => ({ applied: seq, movedAt: now, restedAt: now, waitMs: times.resendMs }));
    this.#reader = new OutboxReader(options.spool.outbox, options.edgeId, applied, () => options.onTrouble('hole'));
    this.#timer = setInterval(() => this.wake(), lingerMs);
    this.#timer.unref();
  }

  /** What billing has applied, as far as is known. */
  get applied(): Seqs {
    return this.#progress.map(({ applied }) => applied);
  }

  /** Whether everything in the outbox is applied. */
  get isDone(): boolean {
    const { last } = this.#options.spool.outbox;
    return this.#progress.every(({ applied }, partition) => applied >= (last[partition] ?? 0));
  }

  /** Sends what there is by now, if nothing is being sent. */
  wake(): void {
    if (this.#sending || this.#options.monotonicMs() < this.#pauseUntil) return;
    this.#sending = this.#sendAll().finally(() => (this.#sending = undefined));
  }

  /** Takes what billing says is applied, to a question that was asked at `askedAtMs` (monotonic). */
  noteApplied(applied: Seqs, askedAtMs: number, times: ProtocolTimes): void {
    this.#times = times;
    const now = this.#options.monotonicMs();
    const again = [...this.#reader.sent];
    let isBehind = false;
    for (const [partition, progress] of this.#progress.entries()) {
      // An answer to a question from before the last move can know less than is known.
      const told = applied[partition] ?? 0;
      const seq = askedAtMs < progress.movedAt ? Math.max(told, progress.applied) : told;
      const hasFallen = seq < progress.applied;
      if (seq !== progress.applied) {
        progress.applied = seq;
        progress.movedAt = now;
        progress.restedAt = now;
        progress.waitMs = times.resendMs;
      }
      const isWaitedFor = seq < (again[partition] ?? 0);
      if (!isWaitedFor) progress.restedAt = now;
      const isStuck = isWaitedFor && now - progress.restedAt >= progress.waitMs;
      if (isStuck) {
        progress.movedAt = now;
        progress.restedAt = now;
        progress.waitMs = Math.min(progress.waitMs * 2, times.resendMsMax);
      }
      if (!hasFallen && !isStuck) continue;
      this.#options.onTrouble(hasFallen ? 'fell_back' : 'sent_again');
      again[partition] = Math.min(again[partition] ?? 0, seq);
      isBehind = true;
    }
    // What another way has brought to billing need not be sent.
    this.#reader.skipTo(this.applied);
    if (isBehind) this.#reader.rewind(again);
    this.#options.onApplied(this.applied);
  }

  /** Sends until all is applied or `signal` is aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    while (!this.isDone && !signal.aborted) {
      this.wake();
      await this.#sending;
      if (!this.isDone) await new Promise((resolve) => setTimeout(resolve, lingerMs / 2));
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#pauseUntil = Infinity;
    await this.#sending;
    await this.#options.sink.stop();
  }

  async #sendAll(): Promise<void> {
    const { spool, sink, monotonicMs, onTrouble } = this.#options;
    while (monotonicMs() >= this.#pauseUntil) {
      const before = [...this.#reader.sent];
      const records = this.#reader.next(sinkRecordsMax, spool.synced);
      if (records.length === 0) return;
      try {
        const askedAt = monotonicMs();
        const applied = await sink.send(records);
        this.#retryMs = retryMsMin;
        if (applied) this.noteApplied(applied, askedAt, this.#times);
        // What came meanwhile is gathered until the next wake: a call costs as much as a hundred records.
        if (records.length < sinkRecordsMax) return;
      } catch (error) {
        onTrouble('send_failed', error);
        this.#reader.rewind(before);
        this.#pauseUntil = Math.max(this.#pauseUntil, monotonicMs() + this.#retryMs);
        this.#retryMs = Math.min(this.#retryMs * 2, retryMsMax);
      }
    }
  }
}
