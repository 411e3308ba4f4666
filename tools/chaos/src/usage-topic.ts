import { randomUUID } from 'node:crypto';
import { decodeRecord } from '@tacet/usage';
import { Kafka, logLevel, type Admin } from 'kafkajs';

const topic = 'usage.v1';
const partitions = 12;

async function withAdmin<T>(broker: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Makes the topic of counts, as billing does. */
export async function createUsageTopic(broker: string): Promise<void> {
  await withAdmin(broker, (admin) => admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true }));
}

/** How many records the topic of counts has ever taken. */
export async function countUsageRecords(broker: string): Promise<number> {
  return withAdmin(broker, async (admin) => (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0));
}

/** Deletes every record that the topic of counts holds now. */
export async function truncateUsage(broker: string): Promise<void> {
  await withAdmin(broker, async (admin) => {
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => ({ partition, offset: high })) });
  });
}

/** Puts one message into a partition of the topic of counts, once. */
export async function sendToUsageTopic(broker: string, partition: number, value: Buffer | null): Promise<void> {
  const producer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: [{ partition, value }] });
  } finally {
    await producer.disconnect();
  }
}

/** The seqs of the records in a partition, in the order of the log. */
export async function readUsageSeqs(broker: string, partition: number): Promise<number[]> {
  const end = await withAdmin(broker, async (admin) => (await admin.fetchTopicOffsets(topic)).find((one) => one.partition === partition)?.high ?? '0');
  const seqs: number[] = [];
  if (end === '0') return seqs;
  const consumer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).consumer({ groupId: `chaos-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition: from, message: { value, offset } }) => {
          if (from !== partition || value === null) return;
          seqs.push(Number(decodeRecord(value).seq));
          if (BigInt(offset) + 1n >= BigInt(end)) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return seqs;
}
