import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually, startTestKafka, type TestServer } from '@tacet/testing';
import { partitionOf, type UsageRecord } from '@tacet/usage';
import { checkInvariant, wholeScope } from '../src/invariants/invariant.ts';
import { invariants } from '../src/invariants/invariants.ts';
import { RecordReader } from '../src/kafka/record-reader.ts';
import { Watchdog } from '../src/kafka/watchdog.ts';
import { openSession } from '../src/leases/session.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { encode, TestEdge, uuid } from './support/make.ts';
import { openAccount, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';
import { TestUsageLog } from './support/usage-log.ts';

let kafka: TestServer;
let billing: OpenBilling;
let log: TestUsageLog;
let edge: TestEdge;

beforeAll(async () => {
  [kafka, billing] = await Promise.all([startTestKafka(), openBilling()]);
  await publishTestPrice(billing);
}, 120_000);

afterAll(async () => {
  await billing.close();
  await kafka.stop();
});

beforeEach(async () => {
  log = new TestUsageLog(kafka.address, `usage.test-${randomBytes(6).toString('hex')}`);
  edge = new TestEdge();
  await log.open();
}, 30_000);

afterEach(() => log.close(), 30_000);

const richNano = 10n ** 12n;

/** `count` records of one output token each, over the accounts in turn. */
function emit(count: number, accounts: readonly Buffer[], of = edge): UsageRecord[] {
  return Array.from({ length: count }, (_, at) => of.emit(accounts[at % accounts.length]!, { inputTokens: 0 }));
}

const spent = async (accountId: Buffer) => richNano - (await readAccount(billing, accountId)).posted;

async function everythingIsRead(): Promise<void> {
  await eventually(
    'everything in the log is read',
    async () => {
      const { logged, stored } = await log.progress(billing);
      return logged === stored;
    },
    30_000,
  );
}

test('what is published is charged, and Postgres knows where reading goes on', async () => {
  const accounts = await Promise.all(Array.from({ length: 20 }, () => openAccount(billing, richNano)));
  log.startConsumer(billing);
  await log.publish(...emit(1_000, accounts));
  await everythingIsRead();
  for (const accountId of accounts) expect(await spent(accountId)).toBe(350n);
  expect((await log.progress(billing)).stored).toBe(1_000n);
}, 60_000);

test('a batch larger than a transaction is cut, and duplicated records charge nothing', async () => {
  const accountId = await openAccount(billing, richNano);
  const records = emit(9_000, [accountId]);
  await log.publish(...records, ...records.slice(4_000), ...records.slice(0, 10));
  log.startConsumer(billing);
  await everythingIsRead();
  expect(await spent(accountId)).toBe(63_000n);
}, 60_000);

test('two consumers share the partitions, and when one leaves the other goes on where it was', async () => {
  const accounts = await Promise.all(Array.from({ length: 24 }, () => openAccount(billing, richNano)));
  const [first, second] = [log.startConsumer(billing), log.startConsumer(billing)];
  await eventually(
    'both have partitions',
    () =>
      (first.assigned?.length ?? 0) > 0 && (second.assigned?.length ?? 0) > 0 && first.assigned!.length + second.assigned!.length === 12,
    30_000,
  );
  const records = emit(4_800, accounts);
  await log.publish(...records.slice(0, 2_400));
  await first.stop();
  await log.publish(...records.slice(2_400));
  await everythingIsRead();
  for (const accountId of accounts) expect(await spent(accountId)).toBe(1_400n);
}, 90_000);

test('a consumer goes where Postgres is: back after a failover that forgot commits, on after another reader', async () => {
  const accountId = await openAccount(billing, richNano);
  const partition = partitionOf(accountId);
  const move = (next: number) =>
    billing.pool.query('UPDATE billing.kafka_offset SET next_offset = $3 WHERE topic = $1 AND partition = $2', [
      log.topic.name,
      partition,
      next,
    ]);
  await log.publish(...emit(100, [accountId]));
  log.startConsumer(billing);
  await everythingIsRead();
  // The failover took charges and progress with it, and the offset.
  await billing.owner.query('UPDATE billing.edge_progress SET applied = 40 WHERE edge_id = $1', [edge.uuid]);
  await billing.owner.query('DELETE FROM billing.usage_request WHERE edge_id = $1 AND seq > 40', [edge.uuid]);
  await move(40);
  await log.publish(...emit(1, [accountId]));
  await everythingIsRead();
  expect(await spent(accountId)).toBe((60n + 101n) * 7n);
  // Another reader has read what comes next: it must not be read again by this one.
  await log.topic.readBounds();
  await billing.owner.query('UPDATE billing.edge_progress SET applied = 111 WHERE edge_id = $1', [edge.uuid]);
  await move(111);
  await log.publish(...emit(11, [accountId]));
  await everythingIsRead();
  expect(await spent(accountId)).toBe((60n + 102n) * 7n);
}, 90_000);

test('an erased log and a cut one heal by themselves: what edges send again is charged', async () => {
  const accountId = await openAccount(billing, richNano);
  const admin = log.kafka.admin();
  await admin.connect();
  await eventually('the partitions have their leaders', async () => (await admin.fetchTopicOffsets(log.topic.name)).length === 12, 30_000);
  try {
    const records = emit(300, [accountId]);
    log.startConsumer(billing);
    await log.publish(...records.slice(0, 100));
    await everythingIsRead();
    // Cut at its beginning, behind the reader's back, with records that nobody has read.
    await billing.owner.query('UPDATE billing.edge_progress SET applied = 50 WHERE edge_id = $1', [edge.uuid]);
    await billing.owner.query(
      'UPDATE billing.usage_request SET billed = 0, charge = 0, output_tokens = 0 WHERE edge_id = $1 AND seq > 50',
      [edge.uuid],
    );
    await billing.owner.query('UPDATE billing.kafka_offset SET next_offset = 50 WHERE topic = $1 AND partition = $2', [
      log.topic.name,
      partitionOf(accountId),
    ]);
    await admin.deleteTopicRecords({ topic: log.topic.name, partitions: [{ partition: partitionOf(accountId), offset: '90' }] });
    await log.publish(...records.slice(50, 150));
    await eventually('what was cut is charged', async () => (await spent(accountId)) === (50n + 150n) * 7n, 30_000);
    // Erased as a whole.
    await admin.deleteTopics({ topics: [log.topic.name] });
    await eventually(
      'the topic is made again',
      async () => {
        await log.topic.ensure();
        return true;
      },
      30_000,
    );
    await eventually(
      'records are taken again',
      async () => {
        await log.publish(...records.slice(150));
        return true;
      },
      30_000,
    );
    await eventually('what came after is charged', async () => (await spent(accountId)) === (50n + 300n) * 7n, 60_000);
    expect(log.ends).toEqual([]);
  } finally {
    await admin.disconnect();
  }
}, 150_000);

test('an offset of another cluster is not believed: the log is read from its beginning', async () => {
  const accountId = await openAccount(billing, richNano);
  await log.publish(...emit(10, [accountId]));
  for (let partition = 0; partition < 12; partition++)
    await billing.pool.query("INSERT INTO billing.kafka_offset VALUES ($1, $2, 'another', 5)", [log.topic.name, partition]);
  log.startConsumer(billing);
  await eventually('the records are read', async () => (await spent(accountId)) === 70n, 30_000);
  // Logs that nothing comes to are put right by the watchdog.
  const { pool, metrics, events } = billing;
  await new Watchdog({
    pool,
    topic: log.topic,
    consumer: { assigned: [] },
    metrics,
    events,
    everyMs: 1,
    stalledMs: 1,
    onStalled: () => undefined,
  }).look();
  await everythingIsRead();
}, 60_000);

test('damaged, strange, misplaced and refused messages hold nobody up', async () => {
  const accountId = await openAccount(billing, richNano);
  const partition = partitionOf(accountId);
  const records = [1, 2, 3, 4, 5].map((outputTokens) =>
    edge.emit(accountId, { inputTokens: 0, outputTokens: outputTokens === 3 ? 777 : outputTokens }),
  );
  const [first, second, third, fourth, fifth] = encode(...records);
  const strange = Buffer.from(second!);
  strange[100]! ^= 0xff;
  await billing.owner.query('ALTER TABLE billing.usage_request ADD CONSTRAINT poison CHECK (output_tokens <> 777)');
  log.startConsumer(billing);
  const messages = [
    first!,
    strange,
    Buffer.from('not a record at all'),
    Buffer.alloc(0),
    Buffer.alloc(128),
    third!,
    second!,
    third!,
    fourth!,
  ];
  await log.publishBytes([...messages.map((value) => ({ partition, value })), { partition: (partition + 1) % 12, value: fifth! }]);
  await everythingIsRead();
  await eventually('the record in the wrong partition counts all the same', async () => {
    await log.publishBytes([{ partition: (partition + 1) % 12, value: fifth! }]);
    return (await spent(accountId)) === (1n + 2n + 4n + 5n) * 7n;
  });
  await billing.owner.query('ALTER TABLE billing.usage_request DROP CONSTRAINT poison');
  const { rows } = await billing.pool.query('SELECT reason, seq FROM billing.dead_letter WHERE edge_id = $1', [edge.uuid]);
  expect(rows).toEqual([{ reason: 'refused', seq: 3n }]);
}, 60_000);

test('while Postgres refuses everything the consumer waits, stays in its group, and then goes on', async () => {
  const accountId = await openAccount(billing, richNano);
  const consumer = log.startConsumer(billing);
  await eventually('the consumer has its partitions', () => consumer.assigned?.length === 12, 30_000);
  await billing.owner.query('REVOKE UPDATE ON billing.kafka_offset FROM tacet_billing');
  await log.publish(...emit(10, [accountId]));
  await eventually('the failure was met', async () => {
    await expect(billing.pool.query('SELECT FROM billing.kafka_offset FOR UPDATE')).rejects.toMatchObject({ code: '42501' });
    return true;
  });
  await billing.owner.query('GRANT UPDATE ON billing.kafka_offset TO tacet_billing');
  await everythingIsRead();
  expect(await spent(accountId)).toBe(70n);
  expect(log.ends).toEqual([]);
}, 60_000);

test('500 debits a second on one account, through two readers of the same log, the direct door and leases at once: none lost, none twice, no deadlock', async () => {
  const accountId = await openAccount(billing, richNano);
  const partition = partitionOf(accountId);
  const edges = Array.from({ length: 4 }, () => new TestEdge());
  for (const one of edges) await openSession(billing.pool, { edgeId: one.uuid, epoch: 1, base: one.base }, 300_000);
  const [viaLog, viaDoor] = [edges.slice(0, 2), edges.slice(2)];
  const logged = viaLog.flatMap((one) => emit(500, [accountId], one));
  const direct = viaDoor.flatMap((one) => emit(500, [accountId], one));
  await log.publish(...logged);
  // Two readers that both believe that they own the partition, as after a rebalance that one has not heard of.
  const messages = encode(...logged).map((record, at) => ({ offset: BigInt(at), record }));
  const zombie = async (chunk: number) => {
    const reader = new RecordReader(billing.pool, billing.writer, log.topic);
    for (let at = 0; at < messages.length;) {
      const elsewhere = await reader.apply(partition, messages.slice(at, at + chunk), async () => undefined);
      at = elsewhere ? Number(elsewhere.seekTo) : at + chunk;
    }
  };
  const door = async (one: TestEdge) => {
    const records = encode(...direct.filter((record) => record.edgeId === one.id));
    for (let at = 0; at < records.length; at += 7) await billing.writer.write(await billing.writer.read(records.slice(at, at + 7)));
  };
  const lease = async (one: TestEdge) => {
    for (let version = 1n; version <= 100n; version++)
      await billing.desk.set({
        edgeId: one.uuid,
        epoch: 1,
        accountId: uuid(accountId),
        keyId: nilUuid,
        version,
        targetNano: version * 50n,
        limits: undefined,
      });
  };
  await Promise.all([zombie(13), zombie(50), ...viaDoor.map(door), ...edges.map(lease)]);
  expect(await spent(accountId)).toBe(2_000n * 7n);
  // Earlier tests have taken commits of other accounts away.
  const before = BigInt(`0x${accountId.toString('hex')}`) - 1n;
  const scope = { ...wholeScope, after: uuid(Buffer.from(before.toString(16).padStart(32, '0'), 'hex')), through: uuid(accountId) };
  const wrong: unknown[] = [];
  for (const invariant of invariants) {
    const result = await checkInvariant(billing.pool, invariant, scope);
    if (result.violations > 0n) wrong.push({ number: invariant.number, ...result });
  }
  expect(wrong).toEqual([]);
}, 120_000);

test('the watchdog holds a consumer for dead that leaves records lying, and no other', async () => {
  const accountId = await openAccount(billing, richNano);
  let stalled = 0;
  const partition = partitionOf(accountId);
  const mine = { assigned: [partition] as readonly number[] | undefined };
  const watchdog = new Watchdog({
    pool: billing.pool,
    topic: log.topic,
    consumer: mine,
    metrics: billing.metrics,
    events: billing.events,
    everyMs: 1,
    stalledMs: 60_000,
    onStalled: () => stalled++,
  });
  await watchdog.look(0);
  await watchdog.look(100_000);
  expect(stalled).toBe(0);
  await log.publish(...emit(5, [accountId]));
  await watchdog.look(200_000);
  await watchdog.look(259_999);
  expect(stalled).toBe(0);
  expect((await billing.metrics.lag.get()).values).toContainEqual(
    expect.objectContaining({ labels: { partition: String(partition) }, value: 5 }),
  );
  await watchdog.look(260_000);
  expect(stalled).toBe(1);
  // Progress, however little, begins the wait anew.
  await billing.pool.query('INSERT INTO billing.kafka_offset VALUES ($1, $2, $3, 2)', [
    log.topic.name,
    partition,
    await log.topic.readClusterId(),
  ]);
  await watchdog.look(300_000);
  await watchdog.look(359_999);
  // Partitions of another consumer are the other's to be watched for.
  mine.assigned = [(partition + 1) % 12];
  await watchdog.look(500_000);
  await watchdog.look(600_000);
  expect(stalled).toBe(1);
}, 60_000);

test('a topic with another number of partitions is refused', async () => {
  const other = new TestUsageLog(kafka.address, `usage.wrong-${randomBytes(6).toString('hex')}`);
  const admin = other.kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: other.topic.name, numPartitions: 3 }] });
  await admin.disconnect();
  await expect(other.topic.ensure()).rejects.toThrow('3 partitions');
  await other.topic.close();
}, 60_000);
