import type { Pool } from '@tacet/database';
import type { Events } from '../events.ts';
import type { Metrics } from '../metrics.ts';
import { readStoredOffsets } from './stored-offset.ts';
import type { UsageConsumer } from './usage-consumer.ts';
import type { UsageTopic } from './usage-topic.ts';

export interface WatchdogOptions {
  readonly pool: Pool;
  readonly topic: UsageTopic;
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
    const { pool, topic, consumer, metrics, events, stalledMs, onStalled } = this.#options;
    try {
      // A topic that was erased is made again.
      await topic.ensure();
      const bounds = await topic.readBounds();
      const stored = await readStoredOffsets(pool, topic.name);
      for (const [partition, { low, high }] of bounds.entries()) {
        const offset = stored.get(partition) ?? low;
        const lag = offset > high ? high - low : high - (offset < low ? low : offset);
        metrics.lag.set({ partition: String(partition) }, Number(lag));
        const mine = consumer.assigned?.includes(partition) ?? true;
        const stall = this.#stalls.get(partition);
        if (lag === 0n || !mine || stall?.offset !== offset) this.#stalls.delete(partition);
        if (lag === 0n || !mine) continue;
        if (stall?.offset !== offset) this.#stalls.set(partition, { offset, since: now });
        else if (now - stall.since >= stalledMs) return onStalled();
      }
    } catch (error) {
      events.kafkaUnreachable(error);
      this.#stalls.clear();
    }
  }
}
