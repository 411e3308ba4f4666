import { Kafka, logLevel } from 'kafkajs';

const topic = 'usage.v1';

/** Deletes every record that the topic of counts holds now. */
export async function truncateUsage(broker: string): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => ({ partition, offset: high })) });
  } finally {
    await admin.disconnect();
  }
}
