import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPool, type LoginRole, type Pool } from '@tacet/database';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';

/* What the database lets each role do with account's tables, whatever the processes are told to do. */

let database: TestDatabase;
const pools = {} as Record<'tacet_owner' | 'tacet_account' | 'tacet_billing' | 'tacet_pruner', Pool>;

beforeAll(async () => {
  database = await createTestDatabase('main');
  for (const role of ['tacet_owner', 'tacet_account', 'tacet_billing', 'tacet_pruner'] satisfies LoginRole[]) {
    pools[role] = await openPool({ url: database.urlOf(role), applicationName: 'test', connectionsMax: 1 });
  }
  await pools.tacet_account.query(`
    INSERT INTO account.account (account_id, status, created_on) VALUES ('01900000-0000-7000-8000-000000000001', 'active', current_date);
    INSERT INTO account.conversation (id, account_id, ephemeral, expires_at, epoch, model_id, created_at)
      SELECT ('01900000-0000-7000-8000-00000000000' || i)::uuid, '01900000-0000-7000-8000-000000000001', true, now() + (i - 2) * interval '1 hour', 1, 'm', now()
      FROM generate_series(1, 3) AS i;
    INSERT INTO account.message (id, conversation_id, position, body)
      SELECT gen_random_uuid(), id, 0, decode('c101', 'hex') || decode(repeat('00', 80), 'hex') FROM account.conversation`);
}, 60_000);
afterAll(async () => {
  for (const pool of Object.values(pools)) await pool.end();
  await database.stop();
});

const denied = { code: '42501' };

test.each([
  'SELECT title FROM account.conversation',
  'SELECT account_id FROM account.conversation',
  'SELECT body FROM account.message',
  'SELECT id FROM account.message',
  'DELETE FROM account.message',
  'SELECT account_id FROM account.session',
  'SELECT email FROM account.account',
  'DELETE FROM account.account',
  'SELECT hash FROM account.api_key',
  'DELETE FROM account.api_key',
  'SELECT body FROM account.receipt',
  'UPDATE account.conversation SET expires_at = NULL',
  'TRUNCATE account.conversation',
  'SELECT 1 FROM account.deletion',
])('the pruner may not: %s', async (sql) => {
  await expect(pools.tacet_pruner.query(sql)).rejects.toMatchObject(denied);
});

test('the pruner deletes by expiry alone, messages go with their conversation, and it may vacuum', async () => {
  const { rowCount } = await pools.tacet_pruner.query('DELETE FROM account.conversation WHERE expires_at <= $1', [new Date()]);
  expect(rowCount).toBe(2);
  const { rows } = await pools.tacet_owner.query('SELECT count(*)::int AS n FROM account.message');
  expect(rows).toEqual([{ n: 1 }]);
  for (const table of ['session', 'email_token', 'receipt', 'conversation']) {
    const key = { receipt: 'token_hash', conversation: 'id' }[table] ?? 'hash';
    await pools.tacet_pruner.query(
      `DELETE FROM account.${table} WHERE ${key} IN (SELECT ${key} FROM account.${table} WHERE expires_at <= $1 LIMIT 10)`,
      [new Date(0)],
    );
    await pools.tacet_pruner.query(`VACUUM account.${table}`);
  }
  await pools.tacet_pruner.query('VACUUM account.message');
});

test('billing sees nothing of account, and account nothing of billing', async () => {
  const { rows } = await pools.tacet_owner.query<{ table_schema: string; name: string }>(
    "SELECT table_schema, format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('account', 'billing')",
  );
  expect(new Set(rows.map(({ table_schema: schema }) => schema))).toEqual(new Set(['account', 'billing']));
  for (const { table_schema: schema, name } of rows) {
    const other = schema === 'account' ? pools.tacet_billing : pools.tacet_account;
    await expect(other.query(`SELECT 1 FROM ${name} LIMIT 1`)).rejects.toMatchObject(denied);
  }
});

test('account may not change its own schema', async () => {
  for (const sql of [
    'ALTER TABLE account.message ADD COLUMN plaintext text',
    'DROP TABLE account.receipt',
    'TRUNCATE account.message',
    'CREATE TABLE account.copy AS SELECT * FROM account.message',
  ]) {
    await expect(pools.tacet_account.query(sql)).rejects.toMatchObject(denied);
  }
});
