/** One contract for both ways to billing: a real Kafka, and a gRPC server that stands for billing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRpcClient, offer, startRpcServer, type RpcClient, type RpcServer, type TlsFiles } from '@tacet/rpc';
import { freePort, startKafka, type KafkaServer } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { encodeRecord } from '@tacet/usage';
import { Kafka, logLevel } from 'kafkajs';
import { testCertificates } from '../../tests/rpc-stand-in.ts';
import type { OutgoingRecord } from '../spool/outbox-reader.ts';
import { directSink } from './direct-sink.ts';
import { kafkaSink, usageTopic } from './kafka-sink.ts';
import type { UsageSink } from './usage-sink.ts';

const edgeId = Buffer.alloc(16, 7);

function record(partition: number, seq: number, account = 1): OutgoingRecord {
  const bytes = encodeRecord({
    kind: 'final', partition, status: 'ok', usageSource: 'exact', route: 'chat_completions', leaseByKey: false,
    edgeId, requestId: Buffer.alloc(16, seq), accountId: Buffer.alloc(16, account), keyId: Buffer.alloc(16, 3), seq: BigInt(seq),
    leaseEpoch: 1, priceVersion: 1, reservedNano: 5n, inputTokens: 1, cachedTokens: 2, outputTokens: 3, ttftMs: 4, latencyMs: 5, timeMs: 6,
  });
  return { partition, seq, bytes };
}

/** The other side of a sink: what it has got by now, in its order, and how it is stopped and started. */
interface OtherSide {
  readonly sink: UsageSink;
  received(): Promise<Buffer[]>;
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

async function directSide(): Promise<OtherSide> {
  const certificates = await testCertificates();
  const received: Buffer[] = [];
  const port = await freePort();
  const unused = async () => Promise.reject(new Error('not part of this test'));
  const rest = ['OpenEdgeSession', 'Heartbeat', 'SetLease', 'OpenAccount', 'GetBalance', 'CloseAccount', 'ForgetAccount', 'GrantCredit', 'SetOverdraft', 'SuspendAccount', 'ApplyPrices', 'CheckLedger', 'CorrectBalance', 'RetryDeadLetters'];
  const tls: TlsFiles = await certificates('billing');
  const start = () => {
    const append = async ({ records }: { records: Buffer[] }) => {
      received.push(...records);
      return { applied: [{ partition: 3, seq: received.length }] };
    };
    const nothing = async function* () { /* not part of this test */ };
    const streams = { ListUsage: nothing, ListTransfers: nothing, ListStatement: nothing, ListDeadLetters: nothing };
    const implementation = { ...Object.fromEntries(rest.map((rpc) => [rpc, unused])), ...streams, AppendUsage: append };
    const policy = Object.fromEntries(Object.keys(implementation).map((rpc) => [rpc, ['edge']]));
    return startRpcServer({ host: '127.0.0.1', port, tls, onInternalError: () => undefined }, [offer('Ledger', policy as never, implementation as never)]);
  };
  let server: RpcServer = await start();
  const client: RpcClient<'Ledger'> = createRpcClient('Ledger', { address: `127.0.0.1:${port}`, tls: await certificates('edge'), server: 'billing' });
  return {
    sink: directSink(client, edgeId, () => 1),
    received: async () => received,
    goDown: () => server.stop(0),
    comeBack: async () => {
      server = await start();
    },
    stop: async () => {
      client.close();
      await server.stop(0);
    },
  };
}

async function kafkaSide(): Promise<OtherSide> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-sink-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const start = () => startKafka({ folder, port, controllerPort });
  let server: KafkaServer = await start();
  const client = new Kafka({ clientId: 'test', brokers: [server.broker], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: usageTopic, numPartitions: 12 }], waitForLeaders: true });
  await admin.disconnect();
  const received: { partition: number; offset: number; value: Buffer; key: Buffer }[] = [];
  const consumer = client.consumer({ groupId: 'test' });
  await consumer.connect();
  await consumer.subscribe({ topic: usageTopic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ partition, message }) => void received.push({ partition, offset: Number(message.offset), value: message.value!, key: message.key! }) });
  return {
    sink: kafkaSink([server.broker]),
    received: async () => {
      for (const { value, key, partition } of received) expect([key, partition]).toEqual([value.subarray(48, 64), value[2]]);
      return received.map(({ value }) => value);
    },
    goDown: async () => {
      server.signal('SIGKILL');
      await server.ended;
    },
    comeBack: async () => {
      server = await start();
    },
    stop: async () => {
      await consumer.disconnect();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

describe.each([['straight to billing', directSide], ['through Kafka', kafkaSide]] as const)('a sink %s', (kind, start) => {
  let side: OtherSide;
  beforeAll(async () => {
    side = await start();
  }, 120_000);
  afterAll(async () => {
    await side.sink.stop();
    await side.stop();
  }, 60_000);

  const ofPartition = (all: readonly Buffer[], partition: number) => all.filter((bytes) => bytes[2] === partition);

  test('hands records over verbatim, in order per partition, batch after batch', async () => {
    const first = [record(3, 1), record(4, 1, 2), record(3, 2), record(3, 3), record(4, 2, 2)];
    const second = [record(4, 3, 2), record(3, 4)];
    const answers = [await side.sink.send(first), await side.sink.send(second)];
    expect(answers.every((answer) => (kind === 'through Kafka' ? answer === undefined : answer?.length === 12))).toBe(true);
    const all = await eventually('all are there', async () => {
      const received = await side.received();
      return received.length >= 7 ? received : undefined;
    });
    const sent = [...first, ...second].map(({ bytes }) => bytes);
    for (const partition of [3, 4]) expect(ofPartition(all, partition)).toEqual(ofPartition(sent, partition));
  }, 60_000);

  test('says when it is not certain that a batch was taken, and takes it when the other side is back', async () => {
    await side.goDown();
    const batch = [record(3, 5), record(4, 4, 2)];
    await expect(side.sink.send(batch)).rejects.toThrow();
    await side.comeBack();
    await eventually('it is taken', () => side.sink.send(batch).then(() => true, () => false), 30_000);
    await eventually('it has arrived', async () => {
      const received = await side.received();
      return batch.every(({ bytes }) => received.some((other) => other.equals(bytes)));
    }, 30_000);
  }, 90_000);
});
