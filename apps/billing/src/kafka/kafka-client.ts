import { Kafka, logLevel } from 'kafkajs';

/**
 * How this process speaks to Kafka. Retries are short: after an outage reading goes on within seconds, and in between
 * the consumer begins anew by itself. kafkajs writes no log of its own; events.ts and the metrics say what happens.
 */
export function createKafka(brokers: readonly string[]): Kafka {
  return new Kafka({
    clientId: 'tacet-billing',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
  });
}
