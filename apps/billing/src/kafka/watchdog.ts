import type { Pool } from '@tacet/database';
import type { Events } from '../events.ts';
import type { Metrics } from '../metrics.ts';
import { fitsLog, readStoredOffsets, replaceStoredOffset } from './stored-offset.ts';
import type { UsageConsumer } from './usage-consumer.ts';
import type { ReadableLog } from './usage-topic.ts';

export interface WatchdogOptions {
  readonly pool: Pool;
  readonly topic: ReadableLog & { ensure(): Promise<void> };
  readonly consumer: Pick<UsageConsumer, 'assigned'>;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly everyMs: number;
  /** With records waiting and nothing applied for so long, the consumer is held for dead. */
  readonly stalledMs: number;
  readonly onStalled: () => void;
}

/** What stands still: since when, and at which offset. */
interface Stall {
  readonly offset: bigint;
  readonly since: number;
}

/** Watches that what is in Kafka is applied: kafkajs consumers can stop after a rebalance without a word. Measures the lag. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #stalls = new Map<number, Stall>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.#looking = this.look().finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#options.everyMs);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** One look. While Kafka or Postgres cannot be asked nothing is known, and nobody is held for dead. */
  async look(now = performance.now()): Promise<void> {
    const { pool, topic, events, onStalled } = this.#options;
    try {
      // A topic that was erased is made again.
      await topic.ensure();
      // Before the bounds: a position is never ahead of a log's end that is read after it.
      const stored = await readStoredOffsets(pool, topic.name);
      const clusterId = await topic.readClusterId();
      for (const [partition, bounds] of (await topic.readBounds()).entries()) {
        const position = stored.get(partition);
        const fits = fitsLog(position, clusterId, bounds);
        // A log that nothing is written to any more after it was erased would keep its old position for ever.
        if (position && !fits) await replaceStoredOffset(pool, topic.name, partition, position, { clusterId, next: bounds.low });
        if (this.#isStalled(partition, fits ? position.next : bounds.low, bounds.high, now)) return onStalled();
      }
    } catch (error) {
      events.kafkaUnreachable(error);
      this.#stalls.clear();
    }
  }

  #isStalled(partition: number, offset: bigint, high: bigint, now: number): boolean {
    const { consumer, metrics, stalledMs } = this.#options;
    metrics.lag.set({ partition: String(partition) }, Number(high - offset));
    const stall = this.#stalls.get(partition);
    const mine = consumer.assigned?.includes(partition) ?? true;
    if (offset < high && mine && stall?.offset === offset) return now - stall.since >= stalledMs;
    if (offset < high && mine) this.#stalls.set(partition, { offset, since: now });
    else this.#stalls.delete(partition);
    return false;
  }
}
