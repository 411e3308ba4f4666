import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import pg from 'pg';
import { startPrunerTest, type PrunerUnderTest } from './pruner-under-test.ts';
import { countRows, insertAccount, insertConversation, insertEmailToken, insertExpiredConversations, insertReceipt, insertSession } from './rows.ts';

let under: PrunerUnderTest;
let accountId: string;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

beforeAll(async () => {
  under = await startPrunerTest();
}, 60_000);
afterAll(() => under.stop(), 60_000);

beforeEach(async () => {
  await under.admin.query('TRUNCATE account.account, account.receipt CASCADE');
  accountId = await insertAccount(under.admin);
});

async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of ['account', 'conversation', 'message', 'session', 'email_token', 'receipt']) found[table] = await countRows(under.admin, table);
  return found;
}

async function insertOneOfEach(expiresAtMs: number): Promise<void> {
  await insertConversation(under.admin, accountId, expiresAtMs);
  await insertSession(under.admin, accountId, expiresAtMs);
  await insertEmailToken(under.admin, accountId, expiresAtMs);
  await insertReceipt(under.admin, expiresAtMs);
}

test('what has expired goes, with its messages, and nothing else does', async () => {
  await insertConversation(under.admin, accountId, undefined, 3);
  await insertOneOfEach(Date.now() - 1);
  await insertOneOfEach(Date.now() - 30 * dayMs);
  await insertOneOfEach(Date.now() + hourMs);
  const { code, events } = await under.sweep();
  expect(code).toBe(0);
  expect(await counts()).toEqual({ account: 1, conversation: 2, message: 5, session: 1, email_token: 1, receipt: 1 });
  const deleted = events.filter(({ event }) => event === 'rows_deleted').map(({ name, count }) => [name, count]);
  expect(deleted).toEqual([['conversation', 2], ['session', 2], ['email_token', 2], ['receipt', 2]]);
});

test('a sweep takes the time it is given, to the millisecond', async () => {
  const at = Date.UTC(2035, 5, 1, 12);
  await insertOneOfEach(at - 1);
  await insertOneOfEach(at);
  await insertOneOfEach(at + 1);
  expect((await under.sweep()).code).toBe(0);
  expect((await counts())['session']).toBe(3);
  expect((await under.sweep(['--now', '2035-06-01T12:00:00.000Z'])).code).toBe(0);
  expect(await counts()).toEqual({ account: 1, conversation: 1, message: 2, session: 1, email_token: 1, receipt: 1 });
});

test('an empty database is swept well', async () => {
  expect(await under.sweep()).toMatchObject({ code: 0 });
});

test('many pruners at once delete every row once', async () => {
  await insertExpiredConversations(under.admin, accountId, 8_000);
  const kept = await insertConversation(under.admin, accountId, Date.now() + hourMs);
  const outcomes = await Promise.all([under.sweep(), under.sweep(), under.sweep(), under.sweep()]);
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const deleted = outcomes.flatMap(({ events }) => events).filter(({ event, name }) => event === 'rows_deleted' && name === 'conversation');
  expect(deleted.reduce((sum, { count }) => sum + Number(count), 0)).toBe(8_000);
  expect(await countRows(under.admin, 'conversation', 'id <> $1', [kept])).toBe(0);
  expect(await countRows(under.admin, 'message')).toBe(2);
}, 60_000);

test('a pruner that is killed leaves whole batches, and the next goes on', async () => {
  await insertExpiredConversations(under.admin, accountId, 20_000);
  const pruner = await under.start(['sweep']);
  await eventually('it has begun', async () => (await countRows(under.admin, 'conversation')) < 20_000);
  await pruner.kill();
  const left = await countRows(under.admin, 'conversation');
  expect(left).toBeGreaterThan(0);
  expect(await countRows(under.admin, 'message')).toBe(2 * left);
  expect((await under.sweep()).code).toBe(0);
  expect(await counts()).toMatchObject({ conversation: 0, message: 0 });
}, 60_000);

test('a large sweep is followed by VACUUM, a small one is not', async () => {
  const vacuums = async (table: string) => {
    const { rows } = await under.admin.query<{ vacuum_count: string }>("SELECT vacuum_count FROM pg_stat_user_tables WHERE schemaname = 'account' AND relname = $1", [table]);
    return Number(rows[0]?.vacuum_count);
  };
  const before = { conversation: await vacuums('conversation'), message: await vacuums('message'), session: await vacuums('session') };
  await insertOneOfEach(Date.now() - 1);
  expect((await under.sweep()).events.filter(({ event }) => event === 'vacuumed')).toEqual([]);
  await insertExpiredConversations(under.admin, accountId, 1_500);
  const { code, events } = await under.sweep();
  expect(code).toBe(0);
  expect(events.filter(({ event }) => event === 'vacuumed').map(({ name }) => name)).toEqual(['conversation']);
  await eventually('the statistics say so', async () => (await vacuums('conversation')) > before.conversation && (await vacuums('message')) > before.message);
  expect(await vacuums('session')).toBe(before.session);
});

test('the secrets of past epochs are destroyed, and their records are refused', async () => {
  const account = Buffer.alloc(16, 7);
  const context = { conversationId: Buffer.alloc(16, 1), messageId: Buffer.alloc(16, 2), field: 1, schema: 1 };
  await under.keys.CreateDek({ accountId: account });
  const { records } = await under.seals.Seal({ accountId: account, records: [{ context, plaintext: Buffer.from('gone in an hour'), expiresAtMs: Date.now() + hourMs }] });
  expect(readdirSync(under.epochFolder)).toHaveLength(1);
  expect((await under.sweep()).code).toBe(0);
  expect(readdirSync(under.epochFolder)).toHaveLength(1);
  await under.keyServiceClock.set(2 * hourMs);
  await eventually('the secret is gone', async () => {
    expect((await under.sweep()).code).toBe(0);
    return readdirSync(under.epochFolder).length === 0;
  });
  const opened = await under.seals.Open({ accountId: account, records: [{ context, record: records[0]! }] });
  expect(opened.records[0]?.refused).toBe(true);
  await under.keyServiceClock.set(0);
});

test('rows go even when key-service does not answer, and the exit code says that something is left to do', async () => {
  await insertOneOfEach(Date.now() - 1);
  const { code, events } = await under.sweep([], { TACET_KEYS_ADDRESS: '127.0.0.1:9' });
  expect(code).toBe(1);
  expect(await counts()).toMatchObject({ conversation: 0, session: 0, email_token: 0, receipt: 0 });
  expect(events.filter(({ event }) => event === 'step_failed').map(({ step }) => step)).toEqual(['epochs']);
}, 60_000);

test('a table that cannot be swept keeps none of the others from being swept', async () => {
  await insertOneOfEach(Date.now() - 1);
  await under.admin.query('REVOKE DELETE ON account.session FROM tacet_pruner');
  try {
    const { code, events } = await under.sweep();
    expect(code).toBe(1);
    expect(events.filter(({ event }) => event === 'step_failed').map(({ step }) => step)).toEqual(['session']);
    expect(await counts()).toMatchObject({ conversation: 0, session: 1, email_token: 0, receipt: 0 });
  } finally {
    await under.admin.query('GRANT DELETE ON account.session TO tacet_pruner');
  }
});

test('wrong arguments end with 64, a wrong configuration with 78, and neither deletes anything', async () => {
  await insertOneOfEach(Date.now() - 1);
  const pruner = await under.start(['sweep', '--now', 'yesterday']);
  expect((await pruner.ended).code).toBe(64);
  expect((await (await under.start(['prune'])).ended).code).toBe(64);
  expect((await under.sweep([], { TACET_PRUNER_INTERVAL_MS: '1' })).code).toBe(78);
  expect(await counts()).toMatchObject({ conversation: 1, session: 1, email_token: 1, receipt: 1 });
});

test('nothing that identifies a row is printed', async () => {
  const conversation = await insertConversation(under.admin, accountId, Date.now() - 1);
  const hash = await insertSession(under.admin, accountId, Date.now() - 1);
  const { log } = await under.sweep();
  for (const secret of [conversation, accountId, hash.toString('hex'), hash.toString('base64')]) expect(log).not.toContain(secret);
});

test('the role of the pruner can delete what expires and see when; everything else is forbidden', async () => {
  const role = new pg.Client({ connectionString: under.main.urlOf('tacet_pruner') });
  await role.connect();
  try {
    for (const statement of [
      'SELECT id, expires_at FROM account.conversation',
      'SELECT hash, expires_at FROM account.session',
      'SELECT hash, expires_at FROM account.email_token',
      'SELECT token_hash, expires_at FROM account.receipt',
      'DELETE FROM account.conversation WHERE false',
      'VACUUM account.message',
    ]) {
      await role.query(statement);
    }
    for (const statement of [
      'SELECT account_id FROM account.conversation',
      'SELECT title FROM account.conversation',
      'SELECT * FROM account.conversation',
      'SELECT body FROM account.message',
      'SELECT id FROM account.message',
      'DELETE FROM account.message',
      'SELECT account_id FROM account.session',
      'SELECT purpose FROM account.email_token',
      'SELECT body FROM account.receipt',
      'SELECT email FROM account.account',
      'SELECT hash FROM account.api_key',
      'SELECT step FROM account.deletion',
      'SELECT subject FROM account.throttle',
      'DELETE FROM account.account',
      'DELETE FROM account.api_key',
      'DELETE FROM account.deletion',
      'UPDATE account.session SET expires_at = now()',
      "UPDATE account.conversation SET expires_at = now() + interval '1 year'",
      'INSERT INTO account.session (hash) VALUES (NULL)',
      'TRUNCATE account.conversation CASCADE',
      'SELECT count(*) FROM billing.balance',
      'CREATE TABLE account.t ()',
      'CREATE TABLE public.t ()',
      'CREATE TEMP TABLE t ()',
      'SELECT * FROM tacet_migration.migration',
      'SELECT * FROM pg_authid',
    ]) {
      await expect(role.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  } finally {
    await role.end();
  }
});
