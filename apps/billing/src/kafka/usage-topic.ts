import { partitionCount } from '@tacet/usage';
import type { Admin, Kafka } from 'kafkajs';

/** The topic of count records: one message is one record of 128 bytes, its partition that of the record. */
export const usageTopicName = 'usage.v1';

const retentionMs = 7 * 86_400_000;

/** What is where in a topic's logs, by partition: the first offset that is still there, and the next to be written. */
export interface LogBounds {
  readonly low: bigint;
  readonly high: bigint;
}

/** The topic, and what of it only an administrator's connection tells. */
export class UsageTopic {
  readonly name: string;
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka, name: string) {
    this.name = name;
    this.#admin = kafka.admin();
  }

  /** Makes the topic when it is missing. Throws when it has another number of partitions: records would have no place. */
  async ensure(): Promise<void> {
    await this.#connect();
    await this.#admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: this.name, numPartitions: partitionCount, configEntries: [{ name: 'retention.ms', value: String(retentionMs) }] }],
    });
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [this.name] });
    const partitions = topics[0]?.partitions.length ?? 0;
    if (partitions !== partitionCount) throw new Error(`the topic ${this.name} has ${partitions} partitions instead of ${partitionCount}`);
  }

  /** Bounds of the logs, by partition. */
  async readBounds(): Promise<readonly LogBounds[]> {
    await this.#connect();
    const bounds: LogBounds[] = Array.from({ length: partitionCount }, () => ({ low: 0n, high: 0n }));
    for (const { partition, low, high } of await this.#admin.fetchTopicOffsets(this.name)) bounds[partition] = { low: BigInt(low), high: BigInt(high) };
    return bounds;
  }

  /** Where the logs end, by partition. */
  async readLogEnds(): Promise<readonly bigint[]> {
    return (await this.readBounds()).map(({ high }) => high);
  }

  /** The cluster's own id: another one has other logs, whatever its address. */
  async readClusterId(): Promise<string> {
    await this.#connect();
    return (await this.#admin.describeCluster()).clusterId;
  }

  async close(): Promise<void> {
    await this.#admin.disconnect();
  }

  /** Connects with the first need, and again after a failure. */
  async #connect(): Promise<void> {
    this.#connected ??= this.#admin.connect().catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    });
    await this.#connected;
  }
}
