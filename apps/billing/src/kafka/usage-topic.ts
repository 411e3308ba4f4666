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

/** What a reader must know of a log beside its messages. */
export interface ReadableLog {
  readonly name: string;
  readBounds(): Promise<readonly LogBounds[]>;
  readClusterId(): Promise<string>;
}

/** The topic, and what of it only an administrator's connection tells. */
export class UsageTopic implements ReadableLog {
  readonly name: string;
  readonly #kafka: Kafka;
  #admin: Promise<Admin> | undefined;

  constructor(kafka: Kafka, name: string) {
    this.name = name;
    this.#kafka = kafka;
  }

  /** Makes the topic when it is missing. Throws when it has another number of partitions: records would have no place. */
  async ensure(): Promise<void> {
    const partitions = await this.#ask(async (admin) => {
      await admin.createTopics({
        waitForLeaders: true,
        topics: [
          { topic: this.name, numPartitions: partitionCount, configEntries: [{ name: 'retention.ms', value: String(retentionMs) }] },
        ],
      });
      const { topics } = await admin.fetchTopicMetadata({ topics: [this.name] });
      return topics[0]?.partitions.length ?? 0;
    });
    if (partitions !== partitionCount) throw new Error(`the topic ${this.name} has ${partitions} partitions instead of ${partitionCount}`);
  }

  /** Bounds of the logs, by partition. */
  async readBounds(): Promise<readonly LogBounds[]> {
    const bounds: LogBounds[] = Array.from({ length: partitionCount }, () => ({ low: 0n, high: 0n }));
    const offsets = await this.#ask((admin) => admin.fetchTopicOffsets(this.name));
    for (const { partition, low, high } of offsets) bounds[partition] = { low: BigInt(low), high: BigInt(high) };
    return bounds;
  }

  /** Where the logs end, by partition. */
  async readLogEnds(): Promise<readonly bigint[]> {
    return (await this.readBounds()).map(({ high }) => high);
  }

  /** The cluster's own id: another one has other logs, whatever its address. */
  async readClusterId(): Promise<string> {
    return (await this.#ask((admin) => admin.describeCluster())).clusterId;
  }

  async close(): Promise<void> {
    const admin = await this.#admin?.catch(() => undefined);
    this.#admin = undefined;
    await admin?.disconnect();
  }

  /**
   * Asks over one connection, and over a new one after a failure: an admin client of kafkajs that once knew a topic
   * can do nothing any more, not even make it, when the topic is deleted.
   */
  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connect();
    const asked = this.#admin;
    try {
      return await question(await asked);
    } catch (error) {
      if (this.#admin === asked) await this.close().catch(() => undefined);
      throw error;
    }
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin();
    await admin.connect();
    return admin;
  }
}
