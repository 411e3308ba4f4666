import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPool, type LoginRole, type Pool } from '@tacet/database';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';

let database: TestDatabase;
const pools = new Map<LoginRole, Pool>();

beforeAll(async () => {
  database = await createTestDatabase('main');
  for (const role of ['tacet_billing', 'tacet_account', 'tacet_pruner'] as const)
    pools.set(role, await openPool({ url: database.urlOf(role), applicationName: 'rights', connectionsMax: 1 }));
});

afterAll(async () => {
  for (const pool of pools.values()) await pool.end();
  await database.stop();
});

const denied = { code: '42501' };

test.each([
  'UPDATE billing.ledger_transfer SET amount = 1',
  'DELETE FROM billing.ledger_transfer',
  'TRUNCATE billing.ledger_transfer',
  'UPDATE billing.price SET input_pico = 1',
  'DELETE FROM billing.price',
  'DELETE FROM billing.ledger_account',
  "UPDATE billing.ledger_account SET name = 'x'",
  'DELETE FROM billing.balance',
  'DELETE FROM billing.usage_request',
  'DELETE FROM billing.usage_period',
  'DELETE FROM billing.discrepancy',
  'DELETE FROM billing.nolog_fold',
  'DELETE FROM billing.edge_session',
  'DELETE FROM billing.edge_progress',
  "INSERT INTO billing.revision VALUES ('catalog', 1)",
  'UPDATE billing.dead_letter SET record = NULL',
  'DELETE FROM billing.stripe_credit',
  'DELETE FROM billing.stripe_reversal',
  'DELETE FROM billing.stripe_call',
  'UPDATE billing.deployment SET deployment_id = gen_random_uuid()',
  'SELECT FROM billing.usage_request_default',
  'CREATE TABLE billing.mine ()',
  'ALTER TABLE billing.balance DROP CONSTRAINT balance_check',
  'CREATE TEMPORARY TABLE mine ()',
  'SET ROLE tacet_forget',
  'SET ROLE tacet_owner',
  'SELECT FROM account.account',
  'SELECT FROM account.message',
])('billing may not: %s', async (statement) => {
  await expect(pools.get('tacet_billing')!.query(statement)).rejects.toMatchObject(denied);
});

test.each(['tacet_account', 'tacet_pruner'] as const)('%s may not read, write or call anything of billing', async (role) => {
  const pool = pools.get(role)!;
  const { rows: tables } = await pools
    .get('tacet_billing')!
    .query<{ name: string }>(
      "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = 'billing'::regnamespace AND c.relkind IN ('r', 'p')",
    );
  expect(tables.length).toBeGreaterThan(20);
  for (const { name } of tables) await expect(pool.query(`SELECT FROM ${name}`)).rejects.toMatchObject(denied);
  await expect(pool.query('SELECT billing.forget_account(gen_random_uuid())')).rejects.toMatchObject(denied);
  await expect(pool.query('SELECT billing.today()')).rejects.toMatchObject(denied);
});

test('functions with rights of their own belong to whom they must, and resolve no name by a search path', async () => {
  const { rows } = await pools
    .get('tacet_billing')!
    .query(
      `SELECT proname AS name, proowner::regrole::text AS owner, proconfig AS settings FROM pg_proc WHERE pronamespace = 'billing'::regnamespace AND prosecdef ORDER BY proname`,
    );
  expect(rows).toEqual([
    { name: 'carry_transfers', owner: 'tacet_forget', settings: ['search_path=""'] },
    { name: 'drop_usage_partitions', owner: 'tacet_owner', settings: ['search_path=""'] },
    { name: 'forget_account', owner: 'tacet_forget', settings: ['search_path=""'] },
    { name: 'forget_periods', owner: 'tacet_forget', settings: ['search_path=""'] },
    { name: 'make_usage_partitions', owner: 'tacet_owner', settings: ['search_path=""'] },
  ]);
});
