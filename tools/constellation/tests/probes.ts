import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';

/** Whether a broker tells its topics. */
export async function kafkaIsReachable(broker: string): Promise<boolean> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return Array.isArray(await admin.listTopics());
  } finally {
    await admin.disconnect();
  }
}

/** Whether Redis answers a ping. */
export async function redisAnswers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true });
  await redis.connect();
  try {
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
}
