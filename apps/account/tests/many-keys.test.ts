import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPool, type Pool } from '@tacet/database';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';
import { listAccountsSql } from '../src/accounts/list-accounts.ts';
import { listConversationsSql } from '../src/conversations/list-conversations.ts';
import { resolveSql } from '../src/directory/resolve.ts';
import { listKeysSql } from '../src/keys/list-keys.ts';

/*
 * With two hundred thousand keys and accounts, what is asked on every request and on every page must read as many
 * rows as it answers. Times depend on the machine, so the plans are looked at: index scans alone, and no sort.
 */

const count = 200_000;
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase('main');
  const owner = await openPool({ url: database.urlOf('tacet_owner'), applicationName: 'test', connectionsMax: 1, statementMs: 120_000 });
  await owner.query(
    "INSERT INTO account.account (account_id, email, email_verified, status, created_on) SELECT gen_random_uuid(), i || '@example.test', true, 'active', current_date FROM generate_series(1, $1::int) AS i",
    [count],
  );
  const keys = `INSERT INTO account.api_key (key_id, account_id, public_id, hash, name, no_log, models, requests_per_minute, tokens_per_minute, concurrent_requests, spend_day_nano, spend_month_nano, spend_total_nano)`;
  const columns = "'k', false, '{}', 0, 0, 0, 0, 0, 0";
  // Half of them belong to one account.
  await owner.query(
    `${keys} SELECT gen_random_uuid(), (SELECT account_id FROM account.account WHERE email = '1@example.test'), 'a' || i, sha256(('a' || i)::bytea), ${columns} FROM generate_series(1, $1::int) AS i`,
    [count / 2],
  );
  await owner.query(
    `${keys} SELECT gen_random_uuid(), account_id, 'b' || email, sha256(('b' || email)::bytea), ${columns} FROM account.account ORDER BY account_id LIMIT $1`,
    [count / 2],
  );
  await owner.query(
    "INSERT INTO account.conversation (id, account_id, ephemeral, model_id, created_at) SELECT gen_random_uuid(), account_id, false, 'm', now() FROM account.account",
  );
  await owner.query('INSERT INTO account.key_revision (key_id) SELECT gen_random_uuid() FROM generate_series(1, 10000)');
  await owner.query('ANALYZE account.account, account.api_key, account.conversation, account.key_revision');
  await owner.end();
  pool = await openPool({ url: database.urlOf('tacet_account'), applicationName: 'test', connectionsMax: 1 });
}, 180_000);
afterAll(async () => {
  await pool.end();
  await database.stop();
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly Plans?: readonly Plan[];
}

async function explain(sql: string, parameters: readonly unknown[]): Promise<{ readonly nodes: readonly string[]; readonly rows: number }> {
  const { rows } = await pool.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, [
    ...parameters,
  ]);
  const all = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(all)];
  const plans = all(rows[0]!['QUERY PLAN'][0]!.Plan);
  return { nodes: plans.map((plan) => plan['Node Type']), rows: Math.max(...plans.map((plan) => plan['Actual Rows'])) };
}

const largest = async () =>
  (await pool.query<{ account_id: string }>("SELECT account_id FROM account.account WHERE email = '1@example.test'")).rows[0]!.account_id;

function expectIndexesAlone(nodes: readonly string[]): void {
  expect(nodes.filter((node) => /Seq Scan|Sort|Hash|Bitmap/.test(node))).toEqual([]);
  expect(nodes.some((node) => /Index/.test(node))).toBe(true);
}

test('looking a key up by its hash', async () => {
  const { nodes, rows } = await explain(resolveSql, [Buffer.alloc(32, 7)]);
  expectIndexesAlone(nodes.filter((node) => node !== 'Result'));
  expect(rows).toBeLessThanOrEqual(1);
});

test('a page of keys, from the start and from the middle, in the account with a hundred thousand of them', async () => {
  const accountId = await largest();
  for (const after of ['00000000-0000-0000-0000-000000000000', '80000000-0000-4000-8000-000000000000']) {
    const { nodes, rows } = await explain(listKeysSql, [accountId, after, 51]);
    expectIndexesAlone(nodes);
    expect(rows).toBeLessThanOrEqual(51);
  }
});

test("a page of the operator's accounts", async () => {
  const { nodes, rows } = await explain(listAccountsSql, ['80000000-0000-4000-8000-000000000000', 1_001]);
  expectIndexesAlone(nodes);
  expect(rows).toBeLessThanOrEqual(1_001);
});

test('a page of conversations', async () => {
  const { nodes, rows } = await explain(listConversationsSql, [await largest(), 'ffffffff-ffff-ffff-ffff-ffffffffffff', new Date(), 51]);
  expectIndexesAlone(nodes);
  expect(rows).toBeLessThanOrEqual(51);
});

test.each([
  ['a session', 'SELECT 1 FROM account.session JOIN account.account USING (account_id) WHERE hash = $1', [Buffer.alloc(32)]],
  ['an account by its address', 'SELECT 1 FROM account.account WHERE email = $1', ['7@example.test']],
  ['openings', "SELECT account_id FROM account.account WHERE status = 'opening' ORDER BY account_id LIMIT 50", []],
  [
    'accounts that nobody verified',
    "SELECT account_id FROM account.account WHERE NOT email_verified AND created_on < $1 AND status <> 'deleting' ORDER BY created_on LIMIT 50",
    ['2026-01-01'],
  ],
  ['expired conversations, for the pruner', 'SELECT id FROM account.conversation WHERE expires_at <= $1 LIMIT 1000', [new Date()]],
])('%s', async (_name, sql, parameters) => {
  const { nodes } = await explain(sql, parameters);
  expect(nodes.filter((node) => /Seq Scan/.test(node))).toEqual([]);
});
