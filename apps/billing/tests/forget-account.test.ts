import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkInvariant, wholeScope } from '../src/invariants/invariant.ts';
import { invariants } from '../src/invariants/invariants.ts';
import { openSession } from '../src/leases/session.ts';
import { setLeases } from '../src/leases/set-leases.ts';
import { createCloseAccount } from '../src/rpc/close-account.ts';
import { createForgetAccount } from '../src/rpc/forget-account.ts';
import { createGrantCredit } from '../src/rpc/grant-credit.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { applyTotals } from '../src/usage/apply-totals.ts';
import { closePeriods } from '../src/reconcile/close-periods.ts';
import { encode, makeId, TestEdge, uuid } from './support/make.ts';
import { openAccount, operatorCall, publishTestPrice, readAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';

let billing: OpenBilling;

beforeAll(async () => {
  billing = await openBilling();
  await publishTestPrice(billing);
});

afterAll(() => billing.close());

/** An account with something of everything that can carry its id. */
async function busyAccount() {
  const accountId = await openAccount(billing, 5_000n);
  const keyId = makeId();
  const edges = [new TestEdge(), new TestEdge()];
  for (const edge of edges) await openSession(billing.pool, { edgeId: edge.uuid, epoch: 1, base: edge.base }, 300_000);
  const [edge] = edges as [TestEdge];
  const call = (of: TestEdge, version: bigint, targetNano: bigint, key = nilUuid) => ({
    edgeId: of.uuid,
    epoch: 1,
    accountId: uuid(accountId),
    keyId: key,
    version,
    targetNano,
    limits: key === nilUuid ? undefined : { dayNano: 0n, monthNano: 0n, totalNano: 900n },
  });
  const use = async (...records: Parameters<TestEdge['emit']>[1][]) =>
    billing.writer.write(await billing.writer.read(encode(...records.map((fields) => edge.emit(accountId, { keyId, ...fields })))));
  await use({ inputTokens: 100 });
  await billing.owner.query('UPDATE billing.usage_period SET period = period - 2 WHERE account_id = $1', [uuid(accountId)]);
  await closePeriods(billing.pool, billing.metrics, billing.events);
  await use({ inputTokens: 100 }, { leaseByKey: true, leaseEpoch: 2 }, { priceVersion: 99 });
  const requestId = makeId();
  await use({ requestId }, { requestId, keyId: makeId() });
  await applyTotals(billing.pool, edge.uuid, 1, [
    { accountId: uuid(accountId), keyId: nilUuid, priceVersion: 1, version: 1n, inputTokens: 7n, cachedTokens: 0n, outputTokens: 0n },
  ]);
  const { posted } = await readAccount(billing, accountId);
  await setLeases(billing.pool, [call(edge, 1n, 200n, uuid(keyId)), call(edge, 2n, posted - 200n), call(edges[1]!, 1n, posted - 100n)]);
  return { accountId, keyId, edge };
}

/** Every row of every table of the schema that has one of the ids in it, in whatever form. */
async function rowsWith(ids: readonly Buffer[]): Promise<string[]> {
  const { rows: tables } = await billing.owner.query<{ name: string }>(
    "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = 'billing'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    for (const id of ids) {
      const { rows } = await billing.owner.query(`SELECT FROM ${name} AS t WHERE replace(t::text, '-', '') LIKE '%' || $1 || '%'`, [
        id.toString('hex'),
      ]);
      if (rows.length > 0) found.push(name);
    }
  }
  return [...new Set(found)];
}

const ledgerBalances = async () => {
  const { rows } = await billing.owner.query<{ name: string; balance: string }>(
    `SELECT name, ((SELECT coalesce(sum(amount), 0) FROM billing.ledger_transfer WHERE credit_account = name) - (SELECT coalesce(sum(amount), 0) FROM billing.ledger_transfer WHERE debit_account = name))::text AS balance
       FROM billing.ledger_account WHERE name NOT LIKE 'customer:%'`,
  );
  return Object.fromEntries(rows.map(({ name, balance }) => [name, BigInt(balance)]));
};

test('closing refuses new leases and waits for the open ones, unless it is forced', async () => {
  const { accountId, edge } = await busyAccount();
  const close = createCloseAccount(billing.pool);
  expect(await close({ accountId, force: false }, operatorCall)).toEqual({ closed: false, openLeases: 2 });
  const [answer] = await setLeases(billing.pool, [
    { edgeId: edge.uuid, epoch: 1, accountId: uuid(accountId), keyId: nilUuid, version: 9n, targetNano: 10n ** 9n, limits: undefined },
  ]);
  expect(answer).toMatchObject({ refusal: 'REFUSAL_UNKNOWN_ACCOUNT' });
  await expect(createGrantCredit(billing.pool)({ accountId, amountNano: '1', grantId: makeId() }, operatorCall)).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await close({ accountId, force: true }, operatorCall)).toMatchObject({ closed: true });
  expect(await close({ accountId, force: false }, operatorCall)).toEqual({ closed: true, openLeases: 0 });
  expect((await readAccount(billing, accountId)).held).toBe(0n);
});

test('nothing that carries an id of the account is left, and the ledger loses no nano-dollar', async () => {
  const { accountId, keyId } = await busyAccount();
  const forget = createForgetAccount(billing.pool);
  await expect(forget({ accountId }, operatorCall)).rejects.toMatchObject({ code: 'conflict' });
  const carriers = await rowsWith([accountId, keyId]);
  expect(carriers.map((name) => name.replace('billing.', '')).sort()).toEqual(
    [
      'balance',
      'customer',
      'dead_letter',
      'discrepancy',
      'key_spend',
      'ledger_account',
      'ledger_transfer',
      'lease_wait',
      'nolog_total',
      'spend_lease',
      'usage_period',
      'usage_request',
    ].sort(),
  );
  await createCloseAccount(billing.pool)({ accountId, force: true }, operatorCall);
  const before = await ledgerBalances();
  const { posted } = await readAccount(billing, accountId);
  const { rows: open } = await billing.owner.query<{ charged: bigint }>(
    'SELECT sum(charged)::bigint AS charged FROM billing.usage_period WHERE account_id = $1 AND NOT closed',
    [uuid(accountId)],
  );

  const { removed, forfeitedNano } = (await forget({ accountId }, operatorCall)) as {
    removed: Record<string, string>;
    forfeitedNano: string;
  };
  expect(BigInt(forfeitedNano)).toBe(posted);
  expect(removed).toMatchObject({ balance: '1', customer: '1', ledger_account: '1', usage_request: '4' });
  expect(await rowsWith([accountId, keyId])).toEqual([]);

  const after = await ledgerBalances();
  expect(after['breakage']! - before['breakage']!).toBe(posted);
  expect(after['revenue:usage']! - before['revenue:usage']!).toBe(open[0]!.charged);
  expect(after['promo']).toBe(before['promo']);
  expect(after['closed:accounts']).toBe(0n);
  const { rows } = await billing.owner.query("SELECT reference, created_at FROM billing.ledger_transfer WHERE kind = 'closed'");
  expect(
    rows.every(({ reference, created_at }) => /^\d{4}-\d{2}$/.test(reference as string) && (created_at as Date).getUTCDate() === 1),
  ).toBe(true);
  for (const invariant of invariants)
    expect({ number: invariant.number, ...(await checkInvariant(billing.pool, invariant, wholeScope)) }).toMatchObject({ violations: 0n });

  expect(await forget({ accountId }, operatorCall)).toEqual({ removed: {}, forfeitedNano: '0' });
});

test('an account in debt is forgiven out of breakage', async () => {
  const accountId = await openAccount(billing, 0n);
  await billing.owner.query('UPDATE billing.balance SET overdraft = 100 WHERE account_id = $1', [uuid(accountId)]);
  const edge = new TestEdge();
  await billing.writer.write(await billing.writer.read(encode(edge.emit(accountId, { inputTokens: 10, outputTokens: 0 }))));
  await createCloseAccount(billing.pool)({ accountId, force: true }, operatorCall);
  const before = await ledgerBalances();
  expect(await createForgetAccount(billing.pool)({ accountId }, operatorCall)).toMatchObject({ forfeitedNano: '-30' });
  expect((await ledgerBalances())['breakage']! - before['breakage']!).toBe(-30n);
});
