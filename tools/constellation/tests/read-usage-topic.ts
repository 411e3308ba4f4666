import { randomUUID } from 'node:crypto';
import { decodeRecord, type UsageRecord } from '@tacet/usage';
import { Kafka, logLevel } from 'kafkajs';
import { stringify } from 'uuid';

const topic = 'usage.v1';

/** All count records of an account that Kafka holds now, each once: an edge may send one again. */
export async function readUsageTopic(broker: string, accountId: string): Promise<UsageRecord[]> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high) - 1n]));
  const records = new Map<string, UsageRecord>();
  if (missing.size === 0) return [];
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          const record = message.value === null ? undefined : decodeRecord(message.value);
          if (record && stringify(record.accountId) === accountId) records.set(`${Buffer.from(record.edgeId).toString('hex')} ${record.partition} ${record.seq}`, record);
          if (BigInt(message.offset) >= (missing.get(partition) ?? 0n)) missing.delete(partition);
          if (missing.size === 0) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return [...records.values()];
}
