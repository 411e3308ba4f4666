import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { checkInvariant, wholeScope } from '../src/invariants/invariant.ts';
import { invariants } from '../src/invariants/invariants.ts';
import { openSession } from '../src/leases/session.ts';
import { closePeriods } from '../src/reconcile/close-periods.ts';
import { forgetOldRows } from '../src/reconcile/forget-old-rows.ts';
import { keepPartitions } from '../src/reconcile/keep-partitions.ts';
import { createGrantCredit } from '../src/rpc/grant-credit.ts';
import { sessionTimes } from '../src/session-times.ts';
import { encode, TestEdge, uuid } from './support/make.ts';
import { openAccount, operatorCall, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

/*
 * What is kept, for how long, and that the books stay whole when the rest goes. Days pass by moving rows into the past as their
 * owner: billing itself may not.
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

const forget = (years = 7) => forgetOldRows(billing.pool, sessionTimes(300_000), years);
const count = async (table: string, where = 'true') =>
  (await billing.owner.query<{ n: bigint }>(`SELECT count(*) AS n FROM billing.${table} WHERE ${where}`)).rows[0]!.n;
const customer = () => `customer:${uuid(accountId)}`;

async function expectOrder(): Promise<void> {
  for (const invariant of invariants)
    expect({ number: invariant.number, ...(await checkInvariant(billing.pool, invariant, wholeScope)) }).toMatchObject({ violations: 0n, examples: [] });
}

test('sums of closed periods go after 13 months, their transfers stay, and open sums stay whatever their age', async () => {
  await billing.writer.write(await billing.writer.read(encode(edge.emit(accountId, { inputTokens: 0, outputTokens: 10 }))));
  const move = (interval: string) =>
    billing.owner.query(`UPDATE billing.usage_period SET period = (now() - interval '${interval}')::date WHERE account_id = $1`, [uuid(accountId)]);
  const own = `account_id = '${uuid(accountId)}'`;
  await move('15 months');
  await forget();
  expect(await count('usage_period', own)).toBe(1n);
  await move('12 months');
  await closePeriods(billing.pool, billing.metrics, billing.events);
  await forget();
  expect(await count('usage_period', own)).toBe(1n);
  await move('15 months');
  // The request of these sums is of long ago, too, and went with its day.
  await billing.owner.query(`DELETE FROM billing.usage_request WHERE ${own}`);
  await forget();
  expect([await count('usage_period', own), await count('ledger_transfer', `debit_account = '${customer()}'`)]).toEqual([0n, 1n]);
  expect((await readAccount(billing, accountId)).posted).toBe(930n);
  await expectOrder();
});

test('transfers older than the ledger’s years become one net transfer a pair, once a month, and no balance moves', async () => {
  for (const amountNano of ['20', '30'])
    await createGrantCredit(billing.pool)({ accountId, amountNano, grantId: randomBytes(16) }, operatorCall);
  const own = `'${customer()}' IN (debit_account, credit_account)`;
  await billing.owner.query(`UPDATE billing.ledger_transfer SET created_at = now() - interval '8 years' WHERE ${own} AND amount <> 30`);
  await forget(10);
  expect(await count('ledger_transfer', own)).toBe(3n);
  await forget();
  await forget();
  const { rows } = await billing.owner.query(`SELECT amount, kind, debit_account AS debit, created_at < now() - interval '7 years' AS old FROM billing.ledger_transfer WHERE ${own} ORDER BY amount`);
  expect(rows).toEqual([
    { amount: 30n, kind: 'grant', debit: 'promo', old: false },
    { amount: 1_020n, kind: 'carried', debit: 'promo', old: true },
  ]);
  expect((await readAccount(billing, accountId)).posted).toBe(1_050n);
  // A month later what was carried is carried on with what has become old since.
  await billing.owner.query(`UPDATE billing.ledger_transfer SET created_at = created_at - interval '1 year' WHERE ${own}`);
  await billing.owner.query(`UPDATE billing.ledger_transfer SET created_at = now() - interval '8 years' WHERE ${own} AND kind = 'grant'`);
  await forget();
  expect(await count('ledger_transfer', `${own} AND kind = 'carried' AND amount = 1050`)).toBe(1n);
  await expectOrder();
});

test('nobody can have billing forget what is young', async () => {
  await expect(billing.pool.query("SELECT billing.carry_transfers(now() - interval '11 months', 1)")).rejects.toThrow('last year');
  await expect(billing.pool.query("SELECT billing.forget_periods((now() - interval '11 months')::date)")).rejects.toThrow('12 months');
  await expect(billing.pool.query('DELETE FROM billing.ledger_transfer')).rejects.toMatchObject({ code: '42501' });
  await expect(billing.pool.query('DELETE FROM billing.usage_period')).rejects.toMatchObject({ code: '42501' });
});

test('dead letters go after seven days', async () => {
  await billing.owner.query("INSERT INTO billing.dead_letter (reason, record, received_at) SELECT 'refused', decode(repeat('00', 128), 'hex'), now() - d * interval '1 day' FROM unnest(ARRAY[6, 8]) AS d");
  await forget();
  expect(await count('dead_letter')).toBe(1n);
});

test('the days of requests are made three ahead and kept for ninety, and a request of a day ahead meets its partition', async () => {
  await billing.owner.query('SELECT billing.make_usage_partitions(billing.today() - 95, billing.today() - 85)');
  await keepPartitions(billing.pool);
  const { rows } = await billing.owner.query<{ first: number; last: number }>(
    `SELECT min(to_date(right(c.relname, 10), 'YYYY_MM_DD')) - billing.today() AS first, max(to_date(right(c.relname, 10), 'YYYY_MM_DD')) - billing.today() AS last
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'billing.usage_request'::regclass AND c.relname <> 'usage_request_default'`,
  );
  expect(rows).toEqual([{ first: -90, last: 3 }]);
});
