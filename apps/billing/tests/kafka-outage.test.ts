/** Kafka is a transport: it may be away, or come back empty. Nothing is lost but time, and the process lives on. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort, startKafka, type KafkaServer } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import type { UsageConsumer } from '../src/kafka/usage-consumer.ts';
import { Watchdog } from '../src/kafka/watchdog.ts';
import { TestEdge } from './support/make.ts';
import { openAccount, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';
import { TestUsageLog } from './support/usage-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-kafka-outage-'));
let ports: { port: number; controllerPort: number };
let kafka: KafkaServer;
let billing: OpenBilling;
let log: TestUsageLog;
let consumer: UsageConsumer;
let watchdog: Watchdog;
let accountId: Buffer;
const edge = new TestEdge();
const richNano = 10n ** 12n;

const start = async () => {
  kafka = await startKafka({ folder, ...ports });
};

beforeAll(async () => {
  ports = { port: await freePort(), controllerPort: await freePort() };
  billing = await openBilling();
  await publishTestPrice(billing);
  accountId = await openAccount(billing, richNano);
  log = new TestUsageLog(`127.0.0.1:${ports.port}`, 'usage.v1');
}, 120_000);

afterAll(async () => {
  await watchdog.stop();
  await log.close();
  await billing.close();
  await kafka.stop();
  await rm(folder, { recursive: true });
}, 60_000);

/** Charges are complete when everything emitted so far is paid: 7 nano-USD each. */
const complete = () =>
  eventually(
    'all is charged',
    async () => richNano - (await readAccount(billing, accountId)).posted === 7n * BigInt(edge.outbox.length),
    120_000,
  );

/** As an edge does: sends again from what was applied, until it is. */
async function publishAll(): Promise<void> {
  await eventually(
    'it can be published',
    async () => {
      await log.publish(...edge.outbox);
      return true;
    },
    60_000,
  );
}

const emit = (count: number) => {
  for (let i = 0; i < count; i++) edge.emit(accountId, { inputTokens: 0 });
};

test('a consumer that begins while Kafka is away reads once it is there', async () => {
  consumer = log.startConsumer(billing);
  const { pool, metrics, events } = billing;
  watchdog = new Watchdog({
    pool,
    topic: log.topic,
    consumer,
    metrics,
    events,
    everyMs: 500,
    stalledMs: 60_000,
    onStalled: () => log.ends.push('consumer_stalled'),
  });
  watchdog.start();
  emit(10);
  await start();
  await eventually('the topic is there', async () => log.open().then(() => true), 60_000);
  await publishAll();
  await complete();
}, 180_000);

test('a broker that is killed and comes back after a while is read on', async () => {
  kafka.signal('SIGKILL');
  await kafka.ended;
  emit(10);
  await eventually('the consumer has given up and begins anew', () => consumer.assigned === undefined, 120_000);
  await start();
  await publishAll();
  await complete();
  expect(log.ends).toEqual([]);
}, 600_000);

test('a broker that comes back empty, as another cluster, is read from its beginning', async () => {
  kafka.signal('SIGKILL');
  await kafka.ended;
  await rm(kafka.dataFolder, { recursive: true });
  emit(10);
  await start();
  await publishAll();
  await complete();
  emit(5);
  await publishAll();
  await complete();
  expect(log.ends).toEqual([]);
}, 300_000);
