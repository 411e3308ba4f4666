import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Events } from '../events.ts';
import type { Metrics } from '../metrics.ts';
import type { LogMessage, RecordReader } from './record-reader.ts';
import type { UsageTopic } from './usage-topic.ts';

/** Why the consumer cannot go on in this process. */
export type ConsumerEnd = 'consumer_crashed' | 'consumer_stalled';

export interface UsageConsumerOptions {
  readonly kafka: Kafka;
  readonly topic: UsageTopic;
  readonly reader: RecordReader;
  readonly metrics: Metrics;
  readonly events: Events;
  /** Ends the process: a kafkajs consumer that crashed without a restart never comes back. */
  readonly onEnd: (end: ConsumerEnd, error?: unknown) => void;
}

const fetchWaitMsMax = 500;
/** A consumer that was killed gives its partitions up after so long. */
const sessionMs = 10_000;
const partitionsAtOnce = 3;
const startRetryMs = 1_000;
const retryMsMin = 100;
const retryMsMax = 2_000;
/** Kafka's own offsets are for dashboards alone. */
const commitEveryMs = 5_000;

/** The Kafka consumer of count records, with every setting that kafkajs needs to be safe. The only file that consumes. */
export class UsageConsumer {
  readonly #options: UsageConsumerOptions;
  readonly #consumer: Consumer;
  readonly #committedAt = new Map<number, number>();
  #assigned: readonly number[] | undefined;
  #stopped = false;
  #starting: Promise<void> = Promise.resolve();

  constructor(options: UsageConsumerOptions) {
    this.#options = options;
    this.#consumer = options.kafka.consumer({
      groupId: `tacet-billing.${options.topic.name}`,
      sessionTimeout: sessionMs,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      // A stop waits for the fetch that is under way; kafkajs' 5 s would be those of every rolling update.
      maxWaitTimeInMs: fetchWaitMsMax,
    });
    const { CRASH, GROUP_JOIN, REBALANCING } = this.#consumer.events;
    this.#consumer.on(CRASH, ({ payload }) => this.#crashed(payload.restart, payload.error));
    this.#consumer.on(REBALANCING, () => this.#assign(undefined));
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#assign(payload.memberAssignment[options.topic.name] ?? []));
  }

  /** Partitions that this consumer reads; undefined while it is in no group. */
  get assigned(): readonly number[] | undefined {
    return this.#assigned;
  }

  /** Begins in the background, and again until Kafka can be reached: billing serves without it. */
  start(): void {
    this.#starting = this.#start();
  }

  /** Leaves the group after the batch under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#starting;
    await this.#consumer.disconnect().catch((error: unknown) => this.#options.events.kafkaUnreachable(error));
  }

  async #start(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#options.topic.ensure();
        await this.#consumer.connect();
        // kafkajs would begin at the end of the log otherwise. Where to go on is Postgres' to say.
        await this.#consumer.subscribe({ topic: this.#options.topic.name, fromBeginning: true });
        await this.#consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: partitionsAtOnce,
          eachBatch: (payload) => this.#eachBatch(payload),
        });
        this.#options.events.consumerStarted();
        return;
      } catch (error) {
        this.#options.events.kafkaUnreachable(error);
        await sleep(startRetryMs);
      }
    }
  }

  #assign(partitions: readonly number[] | undefined): void {
    this.#assigned = partitions;
    this.#options.reader.forgetPositions();
  }

  #crashed(restart: boolean, error: unknown): void {
    this.#assign(undefined);
    if (this.#stopped) return;
    this.#options.metrics.consumerRestarts.inc({ reason: restart ? 'restarted' : 'ended' });
    if (restart) this.#options.events.consumerFailed(error);
    else this.#options.onEnd('consumer_crashed', error);
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    let messages: readonly LogMessage[] = batch.messages.map(({ offset, value }) => ({
      offset: BigInt(offset),
      record: value ?? Buffer.alloc(0),
    }));
    const onApplied = async (next: bigint) => {
      payload.resolveOffset((next - 1n).toString());
      messages = messages.filter(({ offset }) => offset >= next);
      await payload.heartbeat();
    };
    for (let attempt = 1; payload.isRunning() && !payload.isStale(); attempt++) {
      try {
        const elsewhere = await this.#options.reader.apply(batch.partition, messages, onApplied);
        if (elsewhere) this.#seek(batch.topic, batch.partition, elsewhere.seekTo);
        else await this.#commit(payload);
        return;
      } catch (error) {
        // The group is rebalancing or this member is gone: kafkajs joins again, and whoever reads next goes on where Postgres is.
        if (isKafkaError(error)) throw error;
        this.#options.events.applyFailed(batch.partition, attempt, error);
        await sleep(Math.min(retryMsMin * 2 ** (attempt - 1), retryMsMax));
        await payload.heartbeat();
      }
    }
  }

  #seek(topic: string, partition: number, offset: bigint): void {
    this.#options.events.consumerSought(partition, 'postgres is elsewhere');
    this.#consumer.seek({ topic, partition, offset: offset.toString() });
  }

  async #commit(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const now = performance.now();
    if (now - (this.#committedAt.get(batch.partition) ?? -commitEveryMs) < commitEveryMs) return;
    this.#committedAt.set(batch.partition, now);
    const offset = (BigInt(batch.lastOffset()) + 1n).toString();
    // Uncaught, a failure here ends the consumer for good once its session has expired.
    await payload
      .commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }] })
      .catch(() => undefined);
  }
}

function isKafkaError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}
