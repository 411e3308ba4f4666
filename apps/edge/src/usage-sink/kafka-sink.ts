import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import type { OutgoingRecord } from '../spool/outbox-reader.ts';
import type { UsageSink } from './usage-sink.ts';

/** The topic of count records: 12 partitions, one record per message. */
export const usageTopic = 'usage.v1';

/** Records in one request to Kafka: kafkajs copies those of a partition again for each further one. */
export const produceRecordsMax = 256;

const accountIdAt = 48;
const connectTimeoutMs = 3_000;
const requestTimeoutMs = 10_000;

/**
 * Sends count records to Kafka: one request in flight, acknowledged by all replicas, the partition given by the
 * record. Not idempotent: that producer of kafkajs can acknowledge and lose a record, and order and repetition
 * are billing's business here. The only file that knows kafkajs.
 */
export function kafkaSink(brokers: readonly string[]): UsageSink {
  const kafka = new Kafka({
    clientId: 'tacet-edge',
    brokers: [...brokers],
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // The publisher tries again, for ever; two layers of retries would only delay what it does.
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  let producer: Promise<Producer> | undefined;
  const connect = async (): Promise<Producer> => {
    const made = kafka.producer({ idempotent: false, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner: () => ({ message }) => message.partition ?? 0 });
    try {
      await made.connect();
    } catch (error) {
      await disconnect(made);
      throw error;
    }
    return made;
  };
  const forget = async () => {
    const old = producer;
    producer = undefined;
    await old?.then(disconnect, () => undefined);
  };
  return {
    send: async (records) => {
      producer ??= connect();
      try {
        const connected = await producer;
        for (let from = 0; from < records.length; from += produceRecordsMax) {
          await connected.send({ topic: usageTopic, acks: -1, messages: records.slice(from, from + produceRecordsMax).map(toMessage) });
        }
      } catch (error) {
        // A fresh connection and fresh metadata for the next try, whatever went wrong.
        await forget();
        throw error;
      }
      return undefined;
    },
    stop: forget,
  };
}

function toMessage({ partition, bytes }: OutgoingRecord): Message {
  return { partition, key: bytes.subarray(accountIdAt, accountIdAt + 16), value: bytes };
}

async function disconnect(producer: Producer): Promise<void> {
  // A producer that cannot say goodbye is gone all the same.
  await producer.disconnect().catch(() => undefined);
}
