import { Partitioners, type Kafka, type Producer } from 'kafkajs';
import type { UsageRecord } from '@tacet/usage';
import { createKafka } from '../../src/kafka/kafka-client.ts';
import { RecordReader } from '../../src/kafka/record-reader.ts';
import { UsageConsumer, type ConsumerEnd } from '../../src/kafka/usage-consumer.ts';
import { UsageTopic } from '../../src/kafka/usage-topic.ts';
import { encode } from './make.ts';
import type { OpenBilling } from './open-billing.ts';

/** A topic of its own on a broker, with the means to write to it and to read it as billing does. */
export class TestUsageLog {
  readonly kafka: Kafka;
  readonly topic: UsageTopic;
  readonly ends: ConsumerEnd[] = [];
  readonly #producer: Producer;
  readonly #consumers: UsageConsumer[] = [];

  constructor(broker: string, name: string) {
    this.kafka = createKafka([broker]);
    this.topic = new UsageTopic(this.kafka, name);
    this.#producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
  }

  async open(): Promise<void> {
    await this.topic.ensure();
    await this.#producer.connect();
  }

  /** Publishes as an edge does: verbatim, to the partition that the record names. */
  async publish(...records: readonly UsageRecord[]): Promise<void> {
    await this.publishBytes(records.map((record, at) => ({ partition: record.partition, value: encode(records[at]!)[0]! })));
  }

  async publishBytes(messages: readonly { readonly partition: number; readonly value: Buffer }[]): Promise<void> {
    for (let at = 0; at < messages.length; at += 5_000)
      await this.#producer.send({
        topic: this.topic.name,
        acks: -1,
        messages: messages.slice(at, at + 5_000).map(({ partition, value }) => ({ partition, value })),
      });
  }

  /** A consumer of billing's; several share the group. */
  startConsumer(billing: OpenBilling): UsageConsumer {
    const { pool, writer, metrics, events } = billing;
    const reader = new RecordReader(pool, writer, this.topic);
    const consumer = new UsageConsumer({
      kafka: this.kafka,
      topic: this.topic,
      reader,
      metrics,
      events,
      onEnd: (end) => this.ends.push(end),
    });
    consumer.start();
    this.#consumers.push(consumer);
    return consumer;
  }

  /** Sums over the partitions of what is in Kafka and of what Postgres has stored as read. */
  async progress(billing: OpenBilling): Promise<{ logged: bigint; stored: bigint }> {
    const bounds = await this.topic.readBounds();
    const { rows } = await billing.pool.query<{ next: bigint }>(
      'SELECT coalesce(sum(next_offset), 0)::bigint AS next FROM billing.kafka_offset WHERE topic = $1',
      [this.topic.name],
    );
    return { logged: bounds.reduce((sum, { high }) => sum + high, 0n), stored: rows[0]!.next };
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
    await this.#producer.disconnect();
    await this.topic.close();
  }
}
