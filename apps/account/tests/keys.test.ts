import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashApiKey } from '@tacet/api-key';
import { bytesOf, startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import type { Browser } from './support/browser.ts';

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount();
}, 60_000);
afterAll(() => account.stop());

const resolve = (key: string) => account.directory.Resolve({ hash: hashApiKey(key) });

test('a key is shown once, stored as a hash, and known to the directory with its policy', async () => {
  const { browser, accountId } = await account.signIn();
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const limits = { requests_per_minute: 60, tokens_per_minute: 9_007_199_254_740_991, spend_day_nano_usd: '9223372036854775807' };
  const made = await browser.post('/api/keys', {
    name: 'Schlüssel 1',
    no_log: true,
    models: ['m/1', 'm/2'],
    limits,
    expires_at: expiresAt,
  });
  expect(made.status).toBe(201);
  const { key, ...rest } = made.json;
  expect(key).toMatch(/^tct_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{36}$/);
  expect(rest).toEqual({
    id: expect.any(String),
    public_id: key.slice(9, 17),
    name: 'Schlüssel 1',
    no_log: true,
    models: ['m/1', 'm/2'],
    limits: {
      requests_per_minute: 60,
      tokens_per_minute: 9_007_199_254_740_991,
      concurrent_requests: 0,
      spend_day_nano_usd: '9223372036854775807',
      spend_month_nano_usd: '0',
      spend_total_nano_usd: '0',
    },
    expires_at: expiresAt,
    revoked_at: null,
  });
  const list = await browser.get('/api/keys');
  expect(list.json).toEqual({ data: [rest], next_cursor: null });
  expect(list.text).not.toContain(key);
  const resolved = await resolve(key);
  expect({ ...resolved, revision: 0 }).toEqual({
    state: 'KEY_STATE_ACTIVE',
    keyId: bytesOf(rest.id),
    accountId: bytesOf(accountId),
    noLog: true,
    models: ['m/1', 'm/2'],
    limits: {
      requestsPerMinute: 60,
      tokensPerMinute: '9007199254740991',
      concurrentRequests: 0,
      spendDayNano: '9223372036854775807',
      spendMonthNano: '0',
      spendTotalNano: '0',
    },
    accountLimits: { requestsPerMinute: 0, tokensPerMinute: '0', concurrentRequests: 0, spendDayNano: '0', spendMonthNano: '0', spendTotalNano: '0' },
    expiresAtMs: String(Date.parse(expiresAt)),
    revision: 0,
  });
});

test('revoking is idempotent, keeps its first time, and is seen by the directory', async () => {
  const { browser } = await account.signIn();
  const { id, key } = (await browser.post('/api/keys', { name: 'k' })).json;
  expect((await browser.delete(`/api/keys/${id}`)).status).toBe(204);
  const [first] = (await browser.get('/api/keys')).json.data;
  expect(first.revoked_at).not.toBeNull();
  expect((await browser.delete(`/api/keys/${id}`)).status).toBe(204);
  expect((await browser.get('/api/keys')).json.data).toEqual([first]);
  expect((await resolve(key)).state).toBe('KEY_STATE_REVOKED');
});

test("another account's key does not exist, and stays as it is", async () => {
  const [mine, theirs] = [await account.signIn(), await account.signIn()];
  const { id, key } = (await theirs.browser.post('/api/keys', { name: 'k' })).json;
  const answer = await mine.browser.delete(`/api/keys/${id}`);
  expect([answer.status, answer.json.error.code]).toEqual([404, 'not_found']);
  expect((await mine.browser.get('/api/keys')).json.data).toEqual([]);
  expect((await resolve(key)).state).toBe('KEY_STATE_ACTIVE');
});

test('pages hold every key once, in order', async () => {
  const { browser } = await account.signIn();
  for (let i = 0; i < 7; i++) await browser.post('/api/keys', { name: `key ${i}` });
  const names: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { json } = await browser.get(`/api/keys?limit=3${query}`);
    names.push(...json.data.map(({ name }: { name: string }) => name));
    cursor = json.next_cursor;
    pages++;
  } while (cursor !== null);
  expect([names, pages]).toEqual([Array.from({ length: 7 }, (_, i) => `key ${i}`), 3]);
});

test('an expired key is told as such, and an expiry in the past is refused', async () => {
  const { browser } = await account.signIn();
  const { id, key } = (await browser.post('/api/keys', { name: 'k', expires_at: new Date(Date.now() + 60_000).toISOString() })).json;
  await account.owner.query("UPDATE account.api_key SET expires_at = now() - interval '1 second' WHERE key_id = $1", [id]);
  expect((await resolve(key)).state).toBe('KEY_STATE_EXPIRED');
  const past = await browser.post('/api/keys', { name: 'k', expires_at: '2020-01-01T00:00:00Z' });
  expect([past.status, past.json.error.param]).toEqual([400, 'expires_at']);
});

async function noLogOf(browser: Browser, key: string): Promise<readonly boolean[]> {
  return [(await browser.get('/api/keys')).json.data[0].no_log, (await resolve(key)).noLog];
}

test('the lock makes every key no-log, present and future, until a recent sign-in takes it off', async () => {
  const { browser, accountId } = await account.signIn();
  const { key } = (await browser.post('/api/keys', { name: 'before' })).json;
  expect((await browser.get('/api/settings')).json).toEqual({ all_keys_no_log: false, ephemeral_by_default: false });
  expect(await noLogOf(browser, key)).toEqual([false, false]);
  const { revision: before } = await resolve(key);
  expect((await browser.patch('/api/settings', { all_keys_no_log: true })).json).toEqual({
    all_keys_no_log: true,
    ephemeral_by_default: false,
  });
  expect(await noLogOf(browser, key)).toEqual([true, true]);
  expect((await browser.post('/api/keys', { name: 'after', no_log: false })).json.no_log).toBe(true);
  expect(BigInt((await resolve(key)).revision)).toBeGreaterThan(BigInt(before));
  expect((await account.directory.ResolveAccount({ accountId: bytesOf(accountId) })).noLog).toBe(true);
  await account.owner.query(
    "UPDATE account.session SET authenticated_at = authenticated_at - interval '11 minutes' WHERE account_id = $1",
    [accountId],
  );
  expect((await browser.patch('/api/settings', { all_keys_no_log: false })).json.error.code).toBe('reauthentication_required');
  expect((await browser.patch('/api/settings', { ephemeral_by_default: true })).json).toEqual({
    all_keys_no_log: true,
    ephemeral_by_default: true,
  });
});

test('making keys is limited per account', async () => {
  const { browser, accountId } = await account.signIn();
  await browser.post('/api/keys', { name: 'k' });
  await account.owner.query('UPDATE account.throttle SET attempts = 120');
  const refused = await browser.post('/api/keys', { name: 'k' });
  expect([refused.status, refused.json.error.code]).toEqual([429, 'rate_limited']);
  const { rows } = await account.owner.query('SELECT 1 FROM account.api_key WHERE account_id = $1', [accountId]);
  expect(rows).toHaveLength(1);
  await account.owner.query('DELETE FROM account.throttle');
});

test('a suspended account makes no keys, and its keys and chat are told as suspended until it is allowed again', async () => {
  const { browser, accountId } = await account.signIn();
  const { key } = (await browser.post('/api/keys', { name: 'k' })).json;
  await account.operator.SuspendAccount({ accountId: bytesOf(accountId), suspended: true });
  expect(account.ledger.suspended.size).toBe(1);
  expect((await resolve(key)).state).toBe('KEY_STATE_SUSPENDED');
  expect((await account.directory.ResolveAccount({ accountId: bytesOf(accountId) })).state).toBe('KEY_STATE_SUSPENDED');
  expect((await browser.post('/api/keys', { name: 'k' })).json.error.code).toBe('account_suspended');
  expect((await browser.post('/api/conversations', { model: 'm' })).json.error.code).toBe('account_suspended');
  await account.operator.SuspendAccount({ accountId: bytesOf(accountId), suspended: false });
  expect(account.ledger.suspended.size).toBe(0);
  expect((await resolve(key)).state).toBe('KEY_STATE_ACTIVE');
});

test('balance and usage come from billing, and every request is listed once whatever the pages', async () => {
  const { browser } = await account.signIn();
  expect((await browser.get('/api/balance')).json).toEqual({
    posted_nano_usd: '5000000000',
    held_nano_usd: '1000',
    overdraft_nano_usd: '0',
    available_nano_usd: '4999999000',
    suspended: false,
  });
  const at = Date.parse('2026-03-04T05:06:07.008Z');
  const id = (ms: number, i: number) =>
    Buffer.from(`${ms.toString(16).padStart(12, '0')}7000800000000000${i.toString(16).padStart(4, '0')}`, 'hex');
  // Five of the nine were admitted in the same millisecond.
  account.ledger.usage = Array.from({ length: 9 }, (_, i) => ({
    request: {
      requestId: id(at - Math.max(0, i - 4), i),
      keyId: id(at, 100),
      modelId: 'm',
      priceVersion: 1,
      inputTokens: i,
      chargedNano: '5',
      chargeNano: '6',
      status: 'ok',
      usageSource: 'exact',
      route: 'chat_completions',
      finishedAtMs: at,
    },
  }));
  account.ledger.usage.push({ period: { period: '2026-03-04', modelId: 'm', priceVersion: 1, inputTokens: 3, chargedNano: '9' } });
  const seen: string[] = [];
  const periods: unknown[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { status, json } = await browser.get(`/api/usage?limit=2${query}`);
    expect(status).toBe(200);
    seen.push(...json.data.map(({ request_id: requestId }: { request_id: string }) => requestId));
    periods.push(...json.periods);
    cursor = json.next_cursor;
  } while (cursor !== null);
  expect([seen.length, new Set(seen).size, periods.length]).toEqual([9, 9, 1]);
  expect((await browser.get('/api/usage?from=2026-03-04T05:06:07.006Z&to=2026-03-04T05:06:07.008Z')).json.data).toHaveLength(2);
});

test('when billing is away that is said, and nothing breaks', async () => {
  const { browser } = await account.signIn();
  const { port } = account.ledger;
  await account.ledger.stop();
  const answer = await browser.get('/api/balance');
  expect([answer.status, answer.json.error.code]).toEqual([503, 'unavailable']);
  expect((await browser.get('/api/session')).status).toBe(200);
  await account.ledger.start(account.tlsOf('billing'), port);
});
