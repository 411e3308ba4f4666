import type { NoLogVersion__Output } from '@tacet/rpc/types/usage/v1/NoLogVersion';
import type { Ledger } from './money/ledger-messages.ts';
import { NoLogReporter } from './money/no-log-reporter.ts';
import type { ProtocolTimes } from './money/protocol-times.ts';
import { monotonicMs, wallMs } from './moments.ts';
import type { Seqs } from './spool/segment.ts';
import type { Spool } from './spool/spool.ts';
import { catchUp } from './usage-sink/catch-up.ts';
import { directSink } from './usage-sink/direct-sink.ts';
import { kafkaSink } from './usage-sink/kafka-sink.ts';
import { Publisher } from './usage-sink/publisher.ts';

/** How long an orderly stop waits for billing to apply what is left. */
export const publishMsMax = 20_000;

/** What can go wrong with counts on their way, none of it for good. */
export type UsageTrouble = 'hole' | 'send_failed' | 'sent_again' | 'fell_back' | 'no_log_not_sent' | 'catch_up_failed';

export interface UsageFlowOptions {
  readonly ledger: Ledger;
  readonly edgeId: Buffer;
  readonly spool: Spool;
  /** Undefined: straight to billing. */
  readonly kafkaBrokers: readonly string[] | undefined;
  readonly epoch: () => number;
  readonly onTrouble: (trouble: UsageTrouble, error?: unknown) => void;
}

/** Everything that brings counts from the spool to billing: the publisher, the no-log reporter and the catching up. */
export class UsageFlow {
  readonly #options: UsageFlowOptions;
  readonly #noLog: NoLogReporter;
  #publisher: Publisher | undefined;
  #times: ProtocolTimes | undefined;
  #catchUpTimer: NodeJS.Timeout | undefined;

  constructor(options: UsageFlowOptions) {
    this.#options = options;
    const { ledger, edgeId, spool, onTrouble } = options;
    this.#noLog = new NoLogReporter({ ledger, edgeId, totals: spool.totals, monotonicMs, wallMs, onFailed: (error) => onTrouble('no_log_not_sent', error) });
  }

  /** A session was opened for a new epoch, whose records begin behind `base`. */
  beginEpoch(epoch: number, base: Seqs, times: ProtocolTimes): void {
    this.#times = times;
    this.#noLog.beginEpoch(epoch, times);
    clearTimeout(this.#catchUpTimer);
    if (this.#options.kafkaBrokers) this.#catchUpTimer = setTimeout(() => void this.#catchUp(base), times.catchUpMs).unref();
  }

  noteApplied(applied: Seqs, askedAtMs: number): void {
    if (!this.#times) return;
    if (this.#publisher) this.#publisher.noteApplied(applied, askedAtMs, this.#times);
    else this.#publisher = this.#startPublisher(applied, this.#times);
    this.#options.spool.outbox.noteApplied(applied);
    this.#options.spool.outbox.removeExpired();
  }

  noteNoLog(versions: readonly NoLogVersion__Output[], foldedEpochs: readonly number[]): void {
    this.#noLog.noteKnown(versions, foldedEpochs);
  }

  /** Sends what is left; resolves with whether all of it is applied. */
  async drain(): Promise<boolean> {
    const signal = AbortSignal.timeout(publishMsMax);
    const reported = this.#noLog.reportNow();
    await this.#publisher?.drain(signal);
    await Promise.race([reported, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
    return this.#publisher?.isDone ?? true;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#catchUpTimer);
    await this.#publisher?.stop();
  }

  #startPublisher(applied: Seqs, times: ProtocolTimes): Publisher {
    const { ledger, edgeId, spool, kafkaBrokers, epoch, onTrouble } = this.#options;
    const sink = kafkaBrokers ? kafkaSink(kafkaBrokers) : directSink(ledger, edgeId, epoch);
    return new Publisher({ spool, edgeId, sink, monotonicMs, onApplied: (now) => spool.outbox.noteApplied(now), onTrouble }, applied, times);
  }

  /** With Kafka down, the holds of earlier epochs are freed the other way. Tried again until it is not needed. */
  async #catchUp(base: Seqs): Promise<void> {
    const { ledger, edgeId, spool, epoch, onTrouble } = this.#options;
    const publisher = this.#publisher;
    if (!publisher || !this.#times) return;
    const askedAt = monotonicMs();
    const times = this.#times;
    try {
      await catchUp({
        spool, edgeId, base, direct: directSink(ledger, edgeId, epoch),
        applied: () => publisher.applied,
        onApplied: (applied) => publisher.noteApplied(applied, askedAt, times),
      });
    } catch (error) {
      onTrouble('catch_up_failed', error);
      this.#catchUpTimer = setTimeout(() => void this.#catchUp(base), times.catchUpMs).unref();
    }
  }
}
