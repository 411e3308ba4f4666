/** Time is moved by moving what the database remembers of it: an hour passes when every expiry is an hour earlier. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { partitionOf } from '@tacet/usage';
import { openSession, renewSession } from '../src/leases/session.ts';
import { setLeases } from '../src/leases/set-leases.ts';
import { sweepLeases } from '../src/leases/sweep-leases.ts';
import { releaseLostEdges, type UsageLog } from '../src/reconcile/release-lost-edges.ts';
import type { ServingClock } from '../src/reconcile/serving-clock.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { sessionTimes } from '../src/session-times.ts';
import { encode, TestEdge, uuid } from './support/make.ts';
import { openAccount, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

let billing: OpenBilling;
let edge: TestEdge;
let accountId: Buffer;
const times = sessionTimes(300_000);

beforeAll(async () => {
  billing = await openBilling();
  await publishTestPrice(billing);
});

afterAll(() => billing.close());

beforeEach(async () => {
  await billing.owner.query('DELETE FROM billing.edge_session');
  await billing.owner.query('DELETE FROM billing.kafka_offset');
  edge = new TestEdge();
  accountId = await openAccount(billing, 1_000n);
});

const begin = (epoch: number) => openSession(billing.pool, { edgeId: edge.uuid, epoch, base: edge.base }, times.lifetimeMs);
const lease = (epoch: number, targetNano: bigint) =>
  setLeases(billing.pool, [
    { edgeId: edge.uuid, epoch, accountId: uuid(accountId), keyId: nilUuid, version: 1n, targetNano, limits: undefined },
  ]);
const apply = async () => billing.writer.write(await billing.writer.read(encode(...edge.outbox)));
const fold = (epoch: number) => billing.pool.query('SELECT billing.fold_epoch($1, $2)', [edge.uuid, epoch]);
const held = async () => (await readAccount(billing, accountId)).held;

test('leases of an older epoch stay until its records are applied and its totals are final, and then go', async () => {
  await begin(1);
  await lease(1, 100n);
  edge.emit(accountId, { inputTokens: 0 });
  await begin(2);
  await lease(2, 50n);
  await sweepLeases(billing.pool, edge.uuid);
  expect(await held()).toBe(150n);
  await fold(1);
  await sweepLeases(billing.pool, edge.uuid);
  expect(await held()).toBe(150n);
  await apply();
  expect(await held()).toBe(143n);
  await sweepLeases(billing.pool, edge.uuid);
  expect(await held()).toBe(50n);
});

test('applied records alone do not free an older epoch whose totals may still come', async () => {
  await begin(1);
  await lease(1, 100n);
  edge.emit(accountId, { inputTokens: 0 });
  await begin(2);
  await apply();
  await sweepLeases(billing.pool, edge.uuid);
  expect(await held()).toBe(93n);
  await fold(1);
  await sweepLeases(billing.pool, edge.uuid);
  expect(await held()).toBe(0n);
});

test('a charge for an epoch that is swept makes its row anew, and the next sweep removes it again', async () => {
  await begin(1);
  await lease(1, 100n);
  await begin(2);
  await fold(1);
  await sweepLeases(billing.pool, edge.uuid);
  edge.emit(accountId, { leaseEpoch: 1, inputTokens: 0 });
  await apply();
  expect(await readAccount(billing, accountId)).toMatchObject({ posted: 993n, held: 0n, late: 0n });
  await sweepLeases(billing.pool, edge.uuid);
  const { rows } = await billing.pool.query('SELECT FROM billing.spend_lease WHERE edge_id = $1', [edge.uuid]);
  expect(rows).toEqual([]);
});

/** The reconciler of a billing that has served for as long as is asked. */
function reconciler(servedMs: number, usageLog?: UsageLog) {
  const serving = { look: () => servedMs, interrupt: () => undefined } as unknown as ServingClock;
  return () => releaseLostEdges({ pool: billing.pool, times, usageLog, serving, metrics: billing.metrics, events: billing.events });
}

const letTimePass = (ms: number) =>
  billing.owner.query(
    "UPDATE billing.edge_session SET expires_at = expires_at - $1 * interval '1 ms'; UPDATE billing.postgres_timeline SET seen_at = seen_at - $1 * interval '1 ms'".replaceAll(
      '$1',
      String(ms),
    ),
  );

test('a lost edge is released after its grace, for ever, with what it held', async () => {
  await begin(1);
  await lease(1, 100n);
  const run = reconciler(times.lifetimeMs);
  await run();
  await letTimePass(times.lifetimeMs + times.graceMs - 5_000);
  await run();
  expect(await held()).toBe(100n);
  await letTimePass(6_000);
  await run();
  expect(await held()).toBe(0n);
  expect(await renewSession(billing.pool, { edgeId: edge.uuid, epoch: 1, base: edge.base }, 99n, times.lifetimeMs)).toBe(false);
  expect(await begin(1)).toBe(false);
  expect((await lease(1, 10n))[0]!.outcome).toBe('fenced');
  expect(await begin(2)).toBe(true);
});

test('a released epoch takes older ones with it and leaves a later one alone', async () => {
  await begin(1);
  await lease(1, 10n);
  await begin(2);
  await lease(2, 20n);
  await letTimePass(2 * times.lifetimeMs);
  await reconciler(times.lifetimeMs)();
  expect(await held()).toBe(0n);
  await begin(3);
  await lease(3, 30n);
  await reconciler(times.lifetimeMs)();
  expect(await held()).toBe(30n);
});

test('nobody is held for lost by a billing that has not served heartbeats for a lifetime', async () => {
  await begin(1);
  await lease(1, 100n);
  await letTimePass(2 * times.lifetimeMs);
  await reconciler(times.lifetimeMs - 1)();
  expect(await held()).toBe(100n);
});

test('nobody is held for lost within a lifetime of a failover', async () => {
  await reconciler(times.lifetimeMs)();
  await begin(1);
  await lease(1, 100n);
  await letTimePass(2 * times.lifetimeMs);
  await billing.owner.query("UPDATE billing.postgres_timeline SET timeline = '00000000'");
  await reconciler(times.lifetimeMs)();
  expect(await held()).toBe(100n);
  await letTimePass(times.lifetimeMs + 1_000);
  await reconciler(times.lifetimeMs)();
  expect(await held()).toBe(0n);
});

test('a lost edge waits until everything that was in Kafka at its expiry is applied', async () => {
  const partition = partitionOf(accountId);
  let ends: bigint[] = Array.from({ length: 12 }, (_, at) => (at === partition ? 7n : 0n));
  const usageLog: UsageLog = { name: 'usage.test', readLogEnds: async () => ends };
  const run = reconciler(times.lifetimeMs, usageLog);
  const store = (next: bigint) =>
    billing.owner.query(
      "INSERT INTO billing.kafka_offset VALUES ('usage.test', $1, 'c', $2) ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset",
      [partition, next],
    );
  await begin(1);
  await lease(1, 100n);
  await letTimePass(2 * times.lifetimeMs);
  await run();
  expect(await held()).toBe(100n);
  // What came after the expiry is not waited for.
  ends = ends.map((end) => end + 100n);
  await store(6n);
  await run();
  expect(await held()).toBe(100n);
  await store(7n);
  ends = ends.map((end) => end - 100n);
  await run();
  expect(await held()).toBe(100n - 100n);
});

test('a heartbeat ends the wait, and a log that was cut is not taken for one that was read', async () => {
  const partition = partitionOf(accountId);
  let ends: bigint[] = Array.from({ length: 12 }, () => 5n);
  const usageLog: UsageLog = { name: 'usage.test', readLogEnds: async () => ends };
  const run = reconciler(times.lifetimeMs, usageLog);
  await begin(1);
  await lease(1, 100n);
  await letTimePass(times.lifetimeMs + 1_000);
  await run();
  await renewSession(billing.pool, { edgeId: edge.uuid, epoch: 1, base: edge.base }, 1n, times.lifetimeMs);
  const { rows } = await billing.pool.query('SELECT barrier FROM billing.edge_session WHERE edge_id = $1', [edge.uuid]);
  expect(rows).toEqual([{ barrier: null }]);
  for (let at = 0; at < 12; at++) await billing.owner.query("INSERT INTO billing.kafka_offset VALUES ('usage.test', $1, 'c', 5)", [at]);
  await letTimePass(2 * times.lifetimeMs);
  ends = ends.map((end, at) => (at === partition ? 3n : end));
  await run();
  expect(await held()).toBe(100n);
  await billing.owner.query('UPDATE billing.kafka_offset SET next_offset = 3 WHERE partition = $1', [partition]);
  await run();
  expect(await held()).toBe(0n);
});

test('a charge that comes after the release takes what is available, and the rest is late', async () => {
  await begin(1);
  await lease(1, 1_000n);
  const other = new TestEdge();
  await openSession(billing.pool, { edgeId: other.uuid, epoch: 1, base: other.base }, times.lifetimeMs);
  await letTimePass(2 * times.lifetimeMs);
  await billing.owner.query("UPDATE billing.edge_session SET expires_at = now() + interval '1 h' WHERE edge_id = $1", [other.uuid]);
  await reconciler(times.lifetimeMs)();
  await setLeases(billing.pool, [
    { edgeId: other.uuid, epoch: 1, accountId: uuid(accountId), keyId: nilUuid, version: 1n, targetNano: 900n, limits: undefined },
  ]);
  edge.emit(accountId, { inputTokens: 50, outputTokens: 0 });
  await apply();
  expect(await readAccount(billing, accountId)).toMatchObject({ posted: 900n, held: 900n, late: 50n });
});
