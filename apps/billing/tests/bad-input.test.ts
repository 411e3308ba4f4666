import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { partitionOf, type UsageRecord } from '@tacet/usage';
import { openSession } from '../src/leases/session.ts';
import { setLeases } from '../src/leases/set-leases.ts';
import { createAppendUsage } from '../src/rpc/append-usage.ts';
import { createListDeadLetters } from '../src/rpc/list-dead-letters.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { collect } from './support/ledger-door.ts';
import { encode, makeId, TestEdge, uuid } from './support/make.ts';
import { openAccount, operatorCall, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

/*
 * Goal: whatever a worker, an edge or a network makes of a count, it is quarantined or refused, a metric says so, the partition goes
 * on, and nothing is lost. (Bad webhooks: see the tests of payments.)
 */

let billing: OpenBilling;
let edge: TestEdge;
let accountId: Buffer;

beforeAll(async () => {
  billing = await openBilling();
  await publishTestPrice(billing);
});

afterAll(() => billing.close());

beforeEach(async () => {
  edge = new TestEdge();
  accountId = await openAccount(billing, 1_000n);
  await openSession(billing.pool, { edgeId: edge.uuid, epoch: 1, base: edge.base }, 300_000);
});

const apply = async (...records: readonly UsageRecord[]) => billing.writer.write(await billing.writer.read(encode(...records)));
const posted = async () => (await readAccount(billing, accountId)).posted;
const applied = async (of = edge) =>
  (
    await billing.pool.query<{ applied: bigint }>('SELECT applied FROM billing.edge_progress WHERE edge_id = $1 AND partition = $2', [
      of.uuid,
      partitionOf(accountId),
    ])
  ).rows[0]?.applied;
const discrepancies = async (subject: string) =>
  (await billing.pool.query('SELECT kind, expected, found FROM billing.discrepancy WHERE subject = $1', [subject])).rows;
const deadLetters = async (reason: string) =>
  (await billing.metrics.deadLetters.get()).values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
const append = createAppendUsageWith();

function createAppendUsageWith() {
  return (totals: readonly object[], final = false, epoch = 1) =>
    createAppendUsage(
      billing.pool,
      billing.writer,
      billing.metrics,
    )({ edgeId: edge.id, epoch, records: [], totals: totals as never, final }, operatorCall);
}

const total = (fields: object) => ({
  accountId,
  keyId: Buffer.alloc(0),
  priceVersion: 1,
  version: '1',
  inputTokens: '0',
  cachedTokens: '0',
  outputTokens: '1',
  ...fields,
});

describe('counters', () => {
  test('the largest that a record can hold are bounded by its reservation, and the next record is charged as ever', async () => {
    const most = 0xffff_ffff;
    await apply(
      edge.emit(accountId, { inputTokens: most, cachedTokens: most, outputTokens: most, reservedNano: 100n }),
      edge.emit(accountId, { inputTokens: 0, outputTokens: 1 }),
    );
    expect([await posted(), await applied()]).toEqual([893n, 2n]);
  });

  test.each(['inputTokens', 'cachedTokens', 'outputTokens', 'version'])('a negative %s of a no-log total is refused', async (field) => {
    await expect(append([total({ [field]: '-1' })])).rejects.toMatchObject({ code: 'field_invalid' });
    expect(await posted()).toBe(1_000n);
  });

  test('an absurd no-log total is refused; what is absurd but possible never takes more than the account has', async () => {
    await expect(append([total({ outputTokens: (10n ** 15n + 1n).toString() })])).rejects.toMatchObject({ code: 'field_invalid' });
    await append([total({ outputTokens: (10n ** 15n).toString() })]);
    expect(await readAccount(billing, accountId)).toMatchObject({ posted: 0n });
  });

  test('what is no number cannot be said: a total holds integers, and text is refused', async () => {
    await expect(append([total({ outputTokens: 'NaN' })])).rejects.toThrow();
    expect(await posted()).toBe(1_000n);
  });

  test('that go down replace the earlier ones whole; a shrunk output that was exact both times is a discrepancy', async () => {
    const requestId = makeId();
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', inputTokens: 10, outputTokens: 20 }));
    await apply(edge.emit(accountId, { requestId, inputTokens: 10, outputTokens: 15 }));
    expect([await posted(), await applied()]).toEqual([1_000n - 30n - 105n, 2n]);
    expect(await discrepancies(uuid(requestId))).toEqual([{ kind: 'output_shrank', expected: 20n, found: 15n }]);
  });

  test('that go down within one batch are the same discrepancy, once, however often the batch comes', async () => {
    const requestId = makeId();
    const records = [20, 15].map((outputTokens) => edge.emit(accountId, { requestId, inputTokens: 0, outputTokens }));
    await apply(...records);
    await apply(...records);
    expect(await posted()).toBe(1_000n - 105n);
    expect(await discrepancies(uuid(requestId))).toEqual([{ kind: 'output_shrank', expected: 20n, found: 15n }]);
  });

  test.each([
    ['the first was counted', 'counted', 'exact'],
    ['the last was counted', 'exact', 'counted'],
  ] as const)('that go down are none where %s', async (_, first, last) => {
    const requestId = makeId();
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', outputTokens: 20, usageSource: first }));
    await apply(
      edge.emit(accountId, { requestId, kind: 'checkpoint', outputTokens: 15, usageSource: last }),
      edge.emit(accountId, { requestId, outputTokens: 14, usageSource: first }),
    );
    expect(await discrepancies(uuid(requestId))).toEqual(first === 'counted' ? [] : [{ kind: 'output_shrank', expected: 20n, found: 14n }]);
  });

  test('beyond a gap say nothing yet', async () => {
    const requestId = makeId();
    const [first, ...rest] = [1, 20, 15].map((outputTokens) => edge.emit(accountId, { requestId, inputTokens: 0, outputTokens }));
    await apply(...rest);
    expect(await discrepancies(uuid(requestId))).toEqual([]);
    await apply(first!, ...rest);
    expect(await discrepancies(uuid(requestId))).toHaveLength(1);
  });
});

describe('what is not known', () => {
  test('an unknown price: a dead letter and a metric; the partition goes on; charged by a retry once the price is published', async () => {
    const before = await deadLetters('unknown_price');
    const strange = edge.emit(accountId, { priceVersion: 99, inputTokens: 0, outputTokens: 10 });
    await apply(strange, edge.emit(accountId, { inputTokens: 0, outputTokens: 1 }));
    expect([await posted(), await applied(), (await deadLetters('unknown_price')) - before]).toEqual([993n, 2n, 1]);
    expect(await billing.writer.retryDeadLetters()).toMatchObject({ charged: 0, kept: 1 });
    const [letter] = await collect(createListDeadLetters(billing.pool)({}, operatorCall));
    expect(letter).toMatchObject({ reason: 'unknown_price', priceVersion: 99, outputTokens: 10, accountId, record: encode(strange)[0] });
    await billing.owner.query("INSERT INTO billing.price VALUES (99, 'model', 0, 0, 5000)");
    expect(await billing.writer.retryDeadLetters()).toMatchObject({ charged: 1, kept: 0 });
    expect(await billing.writer.retryDeadLetters()).toMatchObject({ charged: 0, kept: 0 });
    await apply(strange);
    expect(await posted()).toBe(943n);
  });

  test('a dead letter that a later record of its request has replaced charges nothing', async () => {
    const requestId = makeId();
    await apply(edge.emit(accountId, { requestId, kind: 'checkpoint', priceVersion: 98, outputTokens: 10 }));
    await billing.owner.query("INSERT INTO billing.price VALUES (98, 'model', 0, 0, 5000)");
    await apply(edge.emit(accountId, { requestId, priceVersion: 98, outputTokens: 20 }));
    expect(await posted()).toBe(900n);
    expect(await billing.writer.retryDeadLetters()).toMatchObject({ charged: 0, superseded: 1, kept: 0 });
    expect(await posted()).toBe(900n);
  });

  test('many retries at once charge a dead letter once, also one whose account is gone', async () => {
    // First the one without a balance, whose lock would put the retries in a row.
    await apply(edge.emit(makeId(), { priceVersion: 97, outputTokens: 10 }));
    await apply(edge.emit(accountId, { priceVersion: 97, outputTokens: 10 }));
    await billing.owner.query("INSERT INTO billing.price VALUES (97, 'model', 0, 0, 5000)");
    const retried = await Promise.all(Array.from({ length: 8 }, () => billing.writer.retryDeadLetters()));
    expect(retried.map(({ charged }) => charged).reduce((sum, charged) => sum + charged)).toBe(2);
    expect(retried.map(({ deletedNano }) => deletedNano).reduce((sum, nano) => sum + nano)).toBe(50n);
    expect(await posted()).toBe(950n);
  });

  test('an unknown price of a no-log total: a metric and a discrepancy, the others are charged, and the epoch stays open until it is known', async () => {
    const before = await deadLetters('unknown_price');
    const totals = [total({ outputTokens: '10' }), total({ priceVersion: 96, outputTokens: '10' })];
    expect(await append(totals, true)).toMatchObject({ foldedEpochs: [] });
    expect([await posted(), (await deadLetters('unknown_price')) - before]).toEqual([930n, 1]);
    expect(await discrepancies('price version 96')).toHaveLength(1);
    await billing.owner.query("INSERT INTO billing.price VALUES (96, 'model', 0, 0, 5000)");
    expect(await append(totals, true)).toMatchObject({ foldedEpochs: [1] });
    expect(await posted()).toBe(880n);
  });

  test('records of an edge and an epoch that billing never heard of are charged all the same', async () => {
    const stranger = new TestEdge();
    await apply(stranger.emit(accountId, { leaseEpoch: 7, inputTokens: 0, outputTokens: 10 }));
    expect([await posted(), await applied(stranger)]).toEqual([930n, 1n]);
  });

  test.each([
    ['an edge without a session', new TestEdge().uuid, 1],
    ['an epoch to come', undefined, 2],
  ])('a lease for %s is not granted', async (_, edgeId, epoch) => {
    const [answer] = await setLeases(billing.pool, [
      { edgeId: edgeId ?? edge.uuid, epoch, accountId: uuid(accountId), keyId: nilUuid, version: 1n, targetNano: 100n, limits: undefined },
    ]);
    expect(answer).toMatchObject({ outcome: 'no_session', grantedNano: 0n });
    expect((await readAccount(billing, accountId)).held).toBe(0n);
  });

  test('an account that was deleted, or never was: nobody pays, the loss is counted without an id, the partition goes on', async () => {
    const nobody = makeId();
    const sum = async () => (await billing.pool.query<{ s: bigint }>('SELECT coalesce(sum(amount), 0)::bigint AS s FROM billing.deleted_usage')).rows[0]!.s;
    const before = await sum();
    await apply(edge.emit(nobody, { inputTokens: 0, outputTokens: 10 }), edge.emit(nobody, { inputTokens: 0, outputTokens: 1 }));
    expect((await sum()) - before).toBe(77n);
    await append([total({ accountId: nobody })], true);
    const { rows } = await billing.pool.query('SELECT FROM billing.nolog_total WHERE account_id = $1', [uuid(nobody)]);
    expect(rows).toEqual([]);
  });
});
