import type { UsageSource } from '@tacet/usage';
import type { AdmittedRequest } from './admit.ts';
import type { ProtocolTimes } from './money/protocol-times.ts';
import { sliceTokens, type Counts } from './reservation.ts';
import { settle, type Outcome } from './settle.ts';
import type { Spool } from './spool/spool.ts';

export interface MeterOptions {
  readonly spool: Spool;
  readonly times: ProtocolTimes;
  readonly monotonicMs: () => number;
}

/** Counts of the end, and how they are known. */
type EndCounts = Counts & { readonly source: UsageSource };

/** Whether more output is paid for: it is, it may be soon, or it will not. */
export type Cover = 'covered' | 'pending' | 'refused';

/**
 * The sixth step: what a running request has used. Counters are cumulative; they go into the slot with the end
 * of the tick in which the bytes went to the socket, and into the outbox now and then.
 */
export class Meter {
  readonly #admitted: AdmittedRequest;
  readonly #options: MeterOptions;
  readonly #startedAt: number;
  /** Made when somebody has to wait for money. */
  #ended: AbortController | undefined;
  /** Output that can come at most, all choices together; unknown for a stream without a limit. */
  readonly #outputLimit: number;
  #checkpointAt: number;
  #checkpointOutput = 0;
  #peakNano = 0n;
  #ttftMs = 0;
  #cover: Cover = 'covered';
  #onCover: (() => void) | undefined;
  #outcome: Outcome | undefined;

  constructor(admitted: AdmittedRequest, options: MeterOptions) {
    this.#admitted = admitted;
    this.#options = options;
    this.#startedAt = options.monotonicMs();
    this.#checkpointAt = this.#startedAt;
    const { outputLimit, choices } = admitted.request;
    this.#outputLimit = outputLimit === undefined ? Infinity : outputLimit * choices;
  }

  /** Output tokens that are paid for. */
  get outputMax(): number {
    return this.#admitted.reservation.outputMax;
  }

  /** Whether output beyond `outputMax` may still be paid for. */
  get cover(): Cover {
    return this.#cover;
  }

  get ttftMs(): number {
    return this.#ttftMs;
  }

  get latencyMs(): number {
    return this.#options.monotonicMs() - this.#startedAt;
  }

  /** How the request ended; undefined while it runs. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** The first event of the answer has come. */
  noteFirstEvent(): void {
    this.#ttftMs = Math.max(1, Math.round(this.latencyMs));
  }

  /** Takes the counts as of the bytes just handed to the socket, and reserves ahead. `onCover`: told when pending cover is decided. */
  take(counts: Counts, source: UsageSource, onCover: () => void): void {
    const { slot, reservation, request } = this.#admitted;
    const { counters } = slot;
    counters.input = counts.input;
    counters.cached = counts.cached;
    counters.output = counts.output;
    counters.source = source;
    counters.ttftMs = request.caller.noLog ? 0 : this.#ttftMs;
    if (counts.input + counts.cached > 0) reservation.setInput(counts.input + counts.cached);
    this.#onCover = onCover;
    if (counts.output * 2 + sliceTokens > reservation.outputMax * 2 && reservation.outputMax < this.#outputLimit) this.#extend();
    counters.reservedNano = reservation.nano;
    this.#options.spool.touch(slot);
  }

  /** Appends a checkpoint when it is time, or a quarter of the reservation was used since the last one. */
  sweep(nowMs: number): void {
    const { slot, reservation, request } = this.#admitted;
    if (request.caller.noLog || this.#outcome) return;
    const { output } = slot.counters;
    const since = output - this.#checkpointOutput;
    if (since === 0 || (nowMs - this.#checkpointAt < this.#options.times.checkpointMs && since * 4 < reservation.outputMax)) return;
    this.#checkpointAt = nowMs;
    this.#checkpointOutput = output;
    const nano = reservation.chargeOf(slot.counters);
    if (nano > this.#peakNano) this.#peakNano = nano;
    this.#options.spool.checkpoint(slot, this.latencyMs);
  }

  /** Ends the request, once: final record or no-log total, then the money. `counts`: of the end, if they are known better. */
  end(status: Outcome['status'], counts?: EndCounts): Outcome {
    return this.#end(status, counts, false);
  }

  /**
   * The same for whoever hands over the last bytes in a callback of `Spool.whenWritten`: finals of requests that end in one turn of
   * the event loop are written together, at its end.
   */
  endInTurn(status: Outcome['status'], counts?: EndCounts): Outcome {
    return this.#end(status, counts, true);
  }

  /** Ends a request that never reached a worker: nothing remains of it. */
  drop(): void {
    this.#options.spool.drop(this.#admitted.slot);
    this.#admitted.reservation.settle(0n);
    this.#ended?.abort();
  }

  #end(status: Outcome['status'], counts: EndCounts | undefined, isInTurn: boolean): Outcome {
    if (this.#outcome) return this.#outcome;
    const { counters } = this.#admitted.slot;
    if (counts) {
      counters.input = counts.input;
      counters.cached = counts.cached;
      counters.output = counts.output;
      counters.source = counts.source;
    }
    this.#outcome = settle(this.#admitted, this.#options.spool, status, this.latencyMs, this.#peakNano, isInTurn);
    this.#ended?.abort();
    return this.#outcome;
  }

  #extend(): void {
    const { reservation } = this.#admitted;
    if (this.#cover === 'pending') return;
    const tokens = Math.min(sliceTokens, this.#outputLimit - reservation.outputMax);
    if (reservation.tryExtend(tokens)) {
      this.#cover = 'covered';
      return;
    }
    if (this.#cover === 'refused') return;
    this.#cover = 'pending';
    this.#ended ??= new AbortController();
    reservation.extend(tokens, this.#ended.signal).then(
      () => this.#decide('covered'),
      () => this.#decide('refused'),
    );
  }

  #decide(cover: Cover): void {
    this.#cover = cover;
    if (this.#outcome) return;
    this.#admitted.slot.counters.reservedNano = this.#admitted.reservation.nano;
    this.#options.spool.touch(this.#admitted.slot);
    this.#onCover?.();
  }
}
