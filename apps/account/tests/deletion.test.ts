import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashApiKey } from '@tacet/api-key';
import { createMovableClock, createPortSource, startProcess, type MovableClock } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { request } from 'undici';
import { bytesOf, password, startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import { eventsOf, type Browser } from './support/browser.ts';
import { dumpDatabase } from './support/dump-database.ts';
import { streamAnswer } from './support/edge-stand-in.ts';

let account: AccountUnderTest;
let clock: MovableClock;

beforeAll(async () => {
  clock = await createMovableClock(mkdtempSync(`${tmpdir()}/tacet-clock-`), 'account', 0);
  account = await startAccount({}, clock.flags);
}, 60_000);
afterAll(() => account.stop());

/** An account with something in every table that belongs to accounts. */
async function plant() {
  const { browser, accountId, email } = await account.signIn();
  const { id: keyId, key } = (await browser.post('/api/keys', { name: 'to be deleted' })).json;
  const { id: revokedId } = (await browser.post('/api/keys', { name: 'revoked' })).json;
  await browser.delete(`/api/keys/${revokedId}`);
  const { json } = await browser.post('/api/conversations', { model: 'm', title: 'To be deleted' });
  await browser.post(`/api/conversations/${json.id}/messages`, { content: 'Forget me' });
  await account.owner.query(
    "INSERT INTO account.email_token (hash, account_id, purpose, expires_at) VALUES (sha256($1::text::bytea), $1::uuid, 'reset', now() + interval '5 minutes')",
    [accountId],
  );
  return {
    browser,
    accountId,
    email,
    keyId: keyId as string,
    revokedId: revokedId as string,
    key: key as string,
    conversationId: json.id as string,
  };
}

async function remove(browser: Browser): Promise<string> {
  const { status, json } = await browser.delete('/api/account');
  expect(status).toBe(202);
  return (json.receipt_url as string).replace(account.url, '');
}

const receiptOf = (path: string) =>
  eventually('the receipt', async () => {
    const answer = await account.browser().get(path);
    return answer.status === 200 && answer;
  });

test('every table with rows of an account is one that the test below fills and looks into', async () => {
  // By a column of its own, or by a foreign key to a table that has one.
  const { rows } = await account.owner.query<{ name: string }>(`
    WITH RECURSIVE owned AS (
      SELECT table_name::text AS name FROM information_schema.columns WHERE table_schema = 'account' AND column_name IN ('account_id', 'key_id')
      UNION
      SELECT child.relname::text FROM pg_constraint AS c JOIN pg_class AS child ON child.oid = c.conrelid JOIN pg_class AS parent ON parent.oid = c.confrelid
      JOIN owned ON owned.name = parent.relname WHERE c.contype = 'f')
    SELECT DISTINCT name FROM owned ORDER BY name`);
  expect(rows.map(({ name }) => name)).toEqual([
    'account',
    'api_key',
    'conversation',
    'deletion',
    'email_token',
    'key_revision',
    'message',
    'session',
  ]);
});

test('a deletion removes every row, tells the edges, and ends with a signed receipt that names nobody', async () => {
  const { browser, accountId, email, keyId, revokedId, key } = await plant();
  const bystander = await plant();
  const before = await dumpDatabase(account.database);
  for (const trace of [accountId, email, keyId, revokedId]) expect(before).toContain(trace);
  const calls = [account.keys.calls.length, account.ledger.calls.length] as const;

  const path = await remove(browser);
  expect(browser.cookie).toBeUndefined();
  expect((await account.directory.Resolve({ hash: hashApiKey(key) })).state).not.toBe('KEY_STATE_ACTIVE');
  expect((await account.browser().post('/api/session', { email, password })).status).toBe(401);
  const receipt = await receiptOf(path);
  expect(account.keys.calls.slice(calls[0])).toContain('ShredAccount');
  expect(account.ledger.calls.slice(calls[1])).toEqual(['CloseAccount', 'ForgetAccount']);

  const after = await dumpDatabase(account.database);
  for (const trace of [accountId, email, keyId, revokedId, accountId.replaceAll('-', ''), keyId.replaceAll('-', '')])
    expect(after).not.toContain(trace);
  expect(after).toContain(bystander.accountId);
  expect((await account.directory.Resolve({ hash: hashApiKey(bystander.key) })).state).toBe('KEY_STATE_ACTIVE');
  expect((await account.directory.Resolve({ hash: hashApiKey(key) })).state).toBe('KEY_STATE_UNKNOWN');
  expect((await bystander.browser.get('/api/conversations')).json.data).toHaveLength(1);

  const today = new Date().toISOString().slice(0, 10);
  expect(receipt.json.receipt).toEqual({
    schema_version: 1,
    requested_on: today,
    deleted_on: today,
    messages_unreadable_since: today,
    backups_unreadable_since: new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10),
    removed: {
      sessions: 1,
      email_tokens: 1,
      data_keys: 1,
      messages: 2,
      conversations: 1,
      api_keys: 2,
      accounts: 1,
      billing_balance: 1,
      billing_usage_request: 3,
    },
  });
  const { protected: header, payload, signature } = receipt.json.jws;
  const { keys } = (await account.browser().get('/.well-known/tacet-keys')).json;
  const jwk = keys.find(({ kid }: { kid: string }) => kid === JSON.parse(Buffer.from(header, 'base64url').toString()).kid);
  const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  expect(verify(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(verify(null, Buffer.from(`${header}.${payload.replace(/.$/, 'A')}B`), publicKey, Buffer.from(signature, 'base64url'))).toBe(false);
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(receipt.json.receipt);
});

test('a receipt can be fetched for seven days by its token alone', async () => {
  const { browser } = await plant();
  const path = await remove(browser);
  await receiptOf(path);
  await account.owner.query("UPDATE account.receipt SET expires_at = now() - interval '1 second'");
  expect((await account.browser().get(path)).status).toBe(404);
  expect((await account.browser().get(`${path.slice(0, -43)}${'A'.repeat(43)}`)).status).toBe(404);
});

/** Where the process is killed: inside a call to a peer, or while a table keeps a step waiting. */
const crashes = [
  ['shred', 'ShredAccount', undefined],
  ['close', 'CloseAccount', undefined],
  ['rows', undefined, 'account.message'],
  ['rows, after the messages', undefined, 'account.api_key'],
  ['forget', 'ForgetAccount', undefined],
  ['receipt', undefined, 'account.receipt'],
] as const;

test.each(crashes)(
  'killed in step %s, the deletion goes on at the next start and ends as ever',
  async (_step, rpc, table) => {
    const { browser, accountId, email } = await plant();
    const reached = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    const before = async (called: string) => {
      if (called !== rpc) return;
      reached.resolve();
      await hold.promise;
    };
    account.keys.before = before;
    account.ledger.before = before;
    const lock = await account.owner.connect();
    await lock.query('BEGIN');
    if (table) await lock.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
    const path = await remove(browser);
    if (table)
      await eventually(
        'the step waits',
        async () =>
          (
            await account.owner.query(
              'SELECT 1 FROM pg_locks WHERE relation = $1::regclass AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
              [table],
            )
          ).rowCount === 1,
      );
    else await reached.promise;
    await account.process.kill();
    await lock.query('ROLLBACK');
    lock.release();
    hold.resolve();
    account.keys.before = async () => undefined;
    account.ledger.before = async () => undefined;
    expect((await account.owner.query('SELECT 1 FROM account.deletion WHERE account_id = $1', [accountId])).rowCount).toBe(1);
    await account.restart();
    const receipt = await receiptOf(path);
    expect(receipt.json.receipt.removed).toMatchObject({ messages: 2, conversations: 1, api_keys: 2, accounts: 1 });
    const dump = await dumpDatabase(account.database);
    for (const trace of [accountId, email]) expect(dump).not.toContain(trace);
  },
  60_000,
);

test('a peer that is away holds the deletion up, not back', async () => {
  const { browser } = await plant();
  account.ledger.failWith = 'internal_error';
  const path = await remove(browser);
  await eventually('the failure is reported', async () => (await account.log()).includes('"deletion_step_failed"'));
  const pending = await account.browser().get(path);
  expect([pending.status, pending.json]).toEqual([202, { status: 'pending' }]);
  account.ledger.failWith = undefined;
  await receiptOf(path);
});

test('what a wrong clock put off for a day goes on when the clock is right again', async () => {
  const { browser, accountId } = await plant();
  account.ledger.failWith = 'internal_error';
  const path = await remove(browser);
  await clock.set(86_400_000);
  const isPutOff = "SELECT 1 FROM account.deletion WHERE account_id = $1 AND next_attempt_at > now() + interval '23 hours'";
  await eventually('it is put off', async () => (await account.owner.query(isPutOff, [accountId])).rowCount === 1, 30_000);
  await clock.set(0);
  account.ledger.failWith = undefined;
  await receiptOf(path);
}, 60_000);

test('open leases are waited for, two minutes at most', async () => {
  const { browser } = await plant();
  account.ledger.openLeases = 1_000_000;
  account.ledger.closeCalls.length = 0;
  const path = await remove(browser);
  await eventually('it was asked twice', () => account.ledger.closeCalls.length >= 2);
  expect(new Set(account.ledger.closeCalls)).toEqual(new Set([false]));
  await clock.set(121_000);
  await receiptOf(path);
  expect(account.ledger.closeCalls.at(-1)).toBe(true);
  account.ledger.openLeases = 0;
  await clock.set(0);
}, 60_000);

test('there is no receipt before every cached key has ended', async () => {
  const { browser, accountId } = await plant();
  account.keys.cacheMs = 300_000;
  const path = await remove(browser);
  await eventually(
    'all but the receipt is done',
    async () =>
      (
        await account.owner.query(
          "SELECT 1 FROM account.deletion WHERE account_id = $1 AND step = 'receipt' AND next_attempt_at > now() + interval '4 minutes'",
          [accountId],
        )
      ).rowCount === 1,
  );
  expect((await account.browser().get(path)).status).toBe(202);
  account.keys.cacheMs = 0;
  await clock.set(301_000);
  await receiptOf(path);
  await clock.set(0);
}, 60_000);

test('two processes share the deletions, and each step of each is done once', async () => {
  const nextPort = createPortSource();
  const [publicPort, rpcPort, metricsPort] = [await nextPort(), await nextPort(), await nextPort()];
  const environment = {
    ...account.process.environment,
    TACET_ACCOUNT_PORT: String(publicPort),
    TACET_ACCOUNT_RPC_PORT: String(rpcPort),
    TACET_METRICS_PORT: String(metricsPort),
  };
  const second = await startProcess('account', environment, {
    folder: account.paths.folder,
    workingFolder: account.paths.folder,
    name: 'account-2',
  });
  await second.waitUntilReady();
  const people = await Promise.all(Array.from({ length: 4 }, plant));
  const calls = account.ledger.calls.filter((rpc) => rpc === 'ForgetAccount').length;
  const paths = await Promise.all(people.map(({ browser }) => remove(browser)));
  await Promise.all(paths.map(receiptOf));
  expect(account.ledger.calls.filter((rpc) => rpc === 'ForgetAccount').length - calls).toBe(4);
  await second.stop();
}, 60_000);

test('an answer that is still coming when its account is deleted is not kept', async () => {
  const { browser, conversationId } = await plant();
  const held = Promise.withResolvers<void>();
  account.edge.next.push(async (response, seen) => {
    await held.promise;
    await streamAnswer(['Too late'])(response, seen);
  });
  const cookie = browser.cookie!;
  const asked = request(`${account.url}/api/conversations/${conversationId}/messages`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: '{"content":"Quick"}',
  });
  await eventually('the edge was asked', () => account.edge.seen.at(-1)?.body.messages.at(-1)?.content === 'Quick');
  await receiptOf(await remove(browser));
  held.resolve();
  expect(eventsOf(await (await asked).body.text()).at(-1)!.name).toBe('error');
  expect((await account.owner.query('SELECT 1 FROM account.message WHERE conversation_id = $1', [conversationId])).rowCount).toBe(0);
});

test('an address that is being deleted is told to wait, and is free again afterwards', async () => {
  const { browser, email } = await plant();
  account.keys.failWith = 'internal_error';
  const path = await remove(browser);
  await account.browser().post('/api/signup', { email, password });
  await account.mailTo(email, /being deleted/);
  account.keys.failWith = undefined;
  await receiptOf(path);
  await account.browser().post('/api/signup', { email, password });
  await account.mailTo(email, /Confirm your address/);
});

test('a large account is removed in many small transactions', async () => {
  const { browser, accountId, conversationId } = await plant();
  await account.owner.query(
    `INSERT INTO account.message (id, conversation_id, position, body) SELECT gen_random_uuid(), $1, i, (SELECT body FROM account.message WHERE conversation_id = $1 LIMIT 1) FROM generate_series(100, 9999) AS i`,
    [conversationId],
  );
  await account.owner.query(
    `INSERT INTO account.conversation (id, account_id, ephemeral, model_id, created_at) SELECT gen_random_uuid(), $1, false, 'm', now() FROM generate_series(1, 500)`,
    [accountId],
  );
  await account.owner.query(
    `INSERT INTO account.api_key (key_id, account_id, public_id, hash, name, no_log, models, requests_per_minute, tokens_per_minute, concurrent_requests, spend_day_nano, spend_month_nano, spend_total_nano)
     SELECT gen_random_uuid(), $1, 'many' || i, sha256(('many' || i)::bytea), 'k', false, '{}', 0, 0, 0, 0, 0, 0 FROM generate_series(1, 25000) AS i`,
    [accountId],
  );
  const receipt = await receiptOf(await remove(browser));
  expect(receipt.json.receipt.removed).toMatchObject({ messages: 9_902, conversations: 501, api_keys: 25_002, accounts: 1 });
  expect(bytesOf(accountId)).toHaveLength(16);
}, 60_000);
