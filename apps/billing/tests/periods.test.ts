/** Days pass by moving the rows of today into the past: the clock of the database stays as it is. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkInvariant, wholeScope } from '../src/invariants/invariant.ts';
import { invariants } from '../src/invariants/invariants.ts';
import { closePeriods } from '../src/reconcile/close-periods.ts';
import { keepPartitions } from '../src/reconcile/keep-partitions.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { applyTotals } from '../src/usage/apply-totals.ts';
import { encode, makeId, TestEdge, uuid } from './support/make.ts';
import { openAccount, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

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
});

const use = async (outputTokens: number, fields: { requestId?: Buffer; reservedNano?: bigint } = {}) =>
  billing.writer.write(await billing.writer.read(encode(edge.emit(accountId, { inputTokens: 0, outputTokens, ...fields }))));
const letDaysPass = (days: number) =>
  billing.owner.query(`UPDATE billing.usage_period SET period = period - ${days} WHERE NOT no_log AND NOT closed`);
const close = () => closePeriods(billing.pool, billing.metrics, billing.events);

async function transfers() {
  const { rows } = await billing.pool.query<{ id: string; kind: string; debit: string; credit: string; amount: bigint; reference: string }>(
    `SELECT transfer_id AS id, kind, debit_account AS debit, credit_account AS credit, amount, reference FROM billing.ledger_transfer
      WHERE (debit_account = $1 OR credit_account = $1 OR kind LIKE 'loss%') AND kind <> 'grant' ORDER BY reference, kind`,
    [`customer:${uuid(accountId)}`],
  );
  return rows;
}

async function expectOrder(): Promise<void> {
  for (const invariant of invariants)
    expect({ number: invariant.number, ...(await checkInvariant(billing.pool, invariant, wholeScope)) }).toMatchObject({ violations: 0n });
}

test('a day that is over becomes one transfer, whose id follows from account and day; what is open stays open', async () => {
  await use(10);
  await letDaysPass(2);
  await use(5);
  await close();
  const [transfer, ...others] = await transfers();
  expect(others).toEqual([]);
  expect(transfer).toMatchObject({ kind: 'usage', debit: `customer:${uuid(accountId)}`, credit: 'revenue:usage', amount: 70n });
  expect((await readAccount(billing, accountId)).posted).toBe(1_000n - 105n);
  await close();
  expect(await transfers()).toEqual([transfer]);
  await expectOrder();
});

test('today and yesterday before one in the morning are not closed', async () => {
  await use(10);
  await close();
  expect(await transfers()).toEqual([]);
});

test('a charge that goes down after its day was closed is a negative sum of a later day, and a transfer the other way', async () => {
  const requestId = makeId();
  await use(10, { requestId });
  await letDaysPass(3);
  await close();
  await use(4, { requestId });
  await letDaysPass(2);
  await close();
  expect((await transfers()).map(({ debit, credit, amount }) => [debit.slice(0, 8), credit.slice(0, 8), amount])).toEqual([
    ['customer', 'revenue:', 70n],
    ['revenue:', 'customer', 42n],
  ]);
  expect((await readAccount(billing, accountId)).posted).toBe(1_000n - 28n);
  await expectOrder();
});

test('what losses paid becomes transfers of the losses to the revenue', async () => {
  await use(150, { reservedNano: 1_030n });
  await letDaysPass(2);
  await close();
  expect((await transfers()).map(({ kind, debit, credit, amount }) => [kind, debit, credit, amount])).toEqual([
    ['loss_bound', 'loss:bound', 'revenue:usage', 20n],
    ['loss_late', 'loss:late', 'revenue:usage', 30n],
    ['usage', `customer:${uuid(accountId)}`, 'revenue:usage', 1_000n],
  ]);
  await expectOrder();
  await billing.owner.query("DELETE FROM billing.ledger_transfer WHERE kind LIKE 'loss%'");
});

test('months of no-log keys are closed as months', async () => {
  const total = (version: bigint, outputTokens: bigint) =>
    applyTotals(billing.pool, edge.uuid, 1, [
      { accountId: uuid(accountId), keyId: nilUuid, priceVersion: 1, version, inputTokens: 0n, cachedTokens: 0n, outputTokens },
    ]);
  await total(1n, 10n);
  await close();
  expect(await transfers()).toEqual([]);
  await billing.owner.query("UPDATE billing.usage_period SET period = period - interval '2 months' WHERE no_log");
  await close();
  expect((await transfers()).map(({ reference, amount }) => [reference.length, amount])).toEqual([[7, 70n]]);
  await total(2n, 12n);
  expect((await readAccount(billing, accountId)).posted).toBe(1_000n - 84n);
  await expectOrder();
});

test('a charge never meets a closed period: were the clock set back, it goes to the day after', async () => {
  await use(10);
  await letDaysPass(2);
  await close();
  // As if the day that was closed were tomorrow.
  await billing.owner.query('UPDATE billing.balance SET day_closed = billing.today() + 1 WHERE account_id = $1', [uuid(accountId)]);
  await use(1);
  const { rows } = await billing.pool.query(
    'SELECT (period - billing.today())::integer AS days, charged FROM billing.usage_period WHERE account_id = $1 AND NOT closed',
    [uuid(accountId)],
  );
  expect(rows).toEqual([{ days: 2, charged: 7n }]);
});

test('closing and charging at once, again and again, lose nothing', async () => {
  for (let round = 0; round < 5; round++) {
    await use(1);
    await letDaysPass(round * 2 + 2);
    await Promise.all(
      [close(), use(1), close(), closePeriods(billing.pool, billing.metrics, billing.events)].map((work) =>
        Promise.resolve(work).catch(() => undefined),
      ),
    );
  }
  await close();
  expect((await readAccount(billing, accountId)).posted).toBe(1_000n - 70n);
  await expectOrder();
});

test('days are made ahead, by billing itself, and dropped when they are old enough; never the last month', async () => {
  const days = async () => {
    const { rows } = await billing.pool.query<{ days: number }>(
      `SELECT (to_date(right(inhrelid::regclass::text, 10), 'YYYY_MM_DD') - billing.today())::integer AS days FROM pg_inherits
        WHERE inhparent = 'billing.usage_request'::regclass AND inhrelid::regclass::text ~ '\\d$' ORDER BY 1`,
    );
    return rows.map((row) => row.days);
  };
  await billing.pool.query('SELECT billing.make_usage_partitions(billing.today() - 93, billing.today() - 89)');
  await keepPartitions(billing.pool);
  expect(await days()).toEqual([-90, -89, -1, 0, 1, 2, 3]);
  await expect(billing.pool.query('SELECT billing.drop_usage_partitions(billing.today())')).rejects.toThrow('last 30 days');
});
