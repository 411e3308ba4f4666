import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort, startKafka, type KafkaServer } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { encodeRecord, type UsageRecord } from '@tacet/usage';
import { Kafka, logLevel } from 'kafkajs';
import type { OutgoingRecord } from '../spool/outbox-reader.ts';
import { kafkaSink, usageTopic } from './kafka-sink.ts';

/*
 * Goal: a lost acknowledgement loses no record. Method: a real broker behind a door that swallows one Produce response and closes the
 * connection, as a network does; then what is acknowledged is compared with what the log holds.
 */

/** Passes bytes both ways; swallows the answer to the next Produce request when told to. */
class LossyDoor {
  readonly #server: Server;
  #armed = false;
  lost = 0;

  private constructor(target: number) {
    this.#server = createServer((client) => this.#pass(client, connect(target, '127.0.0.1')));
  }

  static async open(target: number, port: number): Promise<LossyDoor> {
    const door = new LossyDoor(target);
    await new Promise<void>((resolve) => door.#server.listen(port, '127.0.0.1', resolve));
    return door;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  loseNextAcknowledgement(): void {
    this.#armed = true;
  }

  close(): void {
    this.#server.close();
  }

  #pass(client: Socket, broker: Socket): void {
    let isDoomed = false;
    client.on('data', (bytes) => {
      // A request: length (4), api key (2; 0 is Produce), … kafkajs writes each in one piece.
      if (this.#armed && bytes.readUInt16BE(4) === 0) {
        this.#armed = false;
        isDoomed = true;
      }
      broker.write(bytes);
    });
    broker.on('data', (bytes) => {
      if (!isDoomed) {
        client.write(bytes);
        return;
      }
      // The broker has it, and has said so.
      this.lost++;
      client.destroy();
      broker.destroy();
    });
    for (const [one, other] of [[client, broker], [broker, client]] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tacet-lost-'));
let server: KafkaServer;
let door: LossyDoor;
let kafka: Kafka;

beforeAll(async () => {
  const [port, controllerPort, advertisedPort] = [await freePort(), await freePort(), await freePort()];
  server = await startKafka({ folder, port, controllerPort, advertisedPort });
  door = await LossyDoor.open(port, advertisedPort);
  kafka = new Kafka({ clientId: 'test', brokers: [server.broker], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 20 } });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [usageTopic, 'idempotent'].map((topic) => ({ topic, numPartitions: 12 })), waitForLeaders: true });
  await admin.disconnect();
}, 120_000);

afterAll(async () => {
  door.close();
  await server.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

const partition = 3;

function outgoing(seq: number): OutgoingRecord {
  const id = Buffer.alloc(16, seq);
  const record: UsageRecord = {
    kind: 'final', partition, status: 'ok', usageSource: 'exact', route: 'chat_completions', leaseByKey: false, edgeId: Buffer.alloc(16, 1), requestId: id,
    accountId: Buffer.alloc(16), keyId: Buffer.alloc(16), seq: BigInt(seq), leaseEpoch: 1, priceVersion: 1, reservedNano: 1n, inputTokens: 1, cachedTokens: 0,
    outputTokens: 1, ttftMs: 1, latencyMs: 1, timeMs: 1,
  };
  return { partition, seq, bytes: encodeRecord(record) };
}

/** The seqs in the log, in its order, once it ends with `last`. */
async function readLog(topic: string, seqOf: (value: Buffer) => number, last: number): Promise<number[]> {
  const consumer = kafka.consumer({ groupId: `reader-of-${topic}` });
  const seqs: number[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void seqs.push(seqOf(message.value!)) });
  await eventually('the log is read', async () => seqs.includes(last), 60_000);
  await consumer.disconnect();
  return seqs;
}

test('a batch whose acknowledgement was lost counts as not taken, is sent again, and nothing is missing from the log', async () => {
  const sink = kafkaSink([server.broker]);
  await sink.send([outgoing(1)]);
  door.loseNextAcknowledgement();
  await expect(sink.send([outgoing(2), outgoing(3)])).rejects.toThrow();
  expect(door.lost).toBe(1);
  await eventually('they are taken', () => sink.send([outgoing(2), outgoing(3)]).then(() => true, () => false), 30_000);
  await sink.send([outgoing(4)]);
  await sink.stop();
  const seqs = await readLog(usageTopic, (value) => Number(value.readBigUInt64BE(24)), 4);
  // Twice is what billing expects; missing is what nothing could mend.
  expect(seqs).toEqual([1, 2, 3, 2, 3, 4]);
}, 120_000);

test('why the sink is not idempotent: that producer of kafkajs acknowledges records that are not in the log', async () => {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  const send = (seq: number) => producer.send({ topic: 'idempotent', acks: -1, messages: [{ partition, value: String(seq) }] });
  await send(1);
  const before = door.lost;
  door.loseNextAcknowledgement();
  const acknowledged = await Promise.all([2, 3, 4].map((seq) => send(seq).then(() => seq)));
  expect(door.lost - before).toBe(1);
  await send(5);
  await producer.disconnect();
  const seqs = await readLog('idempotent', (value) => Number(value.toString()), 5);
  // When this fails because nothing is missing, kafkajs has been mended.
  expect(acknowledged.filter((seq) => !seqs.includes(seq)).length).toBeGreaterThan(0);
}, 120_000);
