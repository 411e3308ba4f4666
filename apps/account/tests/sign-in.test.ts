import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { writeSecret } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { join } from 'node:path';
import { password, startAccount, type AccountUnderTest } from './support/account-under-test.ts';

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount({ TACET_TRUSTED_PROXIES: '1' });
}, 60_000);
afterAll(() => account.stop());
beforeEach(async () => {
  await account.owner.query('DELETE FROM account.throttle');
});

test('an unknown address, an unverified one and a wrong password are answered with the same bytes', async () => {
  const { email } = await account.signIn();
  await account.browser().post('/api/signup', { email: 'unverified@example.test', password });
  await account.mailTo('unverified@example.test');
  const answers = [
    await account.browser().post('/api/session', { email: 'unknown@example.test', password }),
    await account.browser().post('/api/session', { email: 'unverified@example.test', password }),
    await account.browser().post('/api/session', { email, password: `${password}!` }),
    await account.browser().post('/api/session', { email, password: '' }),
  ];
  const shapes = answers.map(({ status, text, headers }) => ({ status, text, headers: Object.keys(headers).sort() }));
  expect(shapes[0]!.status).toBe(401);
  expect(shapes.every((shape) => JSON.stringify(shape) === JSON.stringify(shapes[0]))).toBe(true);
});

test('attempts are counted before they are made, for known and unknown addresses alike, and a success forgives', async () => {
  const { email } = await account.signIn();
  for (const tried of [email, 'unknown@example.test']) {
    const statuses = await Promise.all(
      Array.from({ length: 12 }, () => account.browser().post('/api/session', { email: tried, password: 'wrong password' })),
    ).then((all) => all.map(({ status }) => status).sort((a, b) => a - b));
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  }
  const refused = await account.browser().post('/api/session', { email, password });
  expect([refused.status, refused.json.error.code, Number(refused.headers['retry-after']) > 60]).toEqual([429, 'rate_limited', true]);
  // From another network its owner still gets in; the header is believed because one proxy is trusted.
  const elsewhere = await account
    .browser()
    .post('/api/session', { email, password }, { headers: { 'x-forwarded-for': '2001:db8:1:2::7' } });
  expect(elsewhere.status).toBe(200);
  const { rows } = await account.owner.query<{ subject: Buffer }>('SELECT subject FROM account.throttle');
  expect(rows.every(({ subject }) => subject.length === 32)).toBe(true);
}, 60_000);

test('a success forgives earlier mistakes', async () => {
  const { email } = await account.signIn();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 7; i++) await account.browser().post('/api/session', { email, password: 'wrong password' });
    expect((await account.browser().post('/api/session', { email, password })).status).toBe(200);
    // The counters of the network and of the address stay; the one of both together is gone.
    await eventually('forgiven', async () => (await account.owner.query('SELECT 1 FROM account.throttle')).rowCount === 2);
  }
}, 60_000);

test('a session ends with sign-out, 30 days after sign-in, and after 7 idle days', async () => {
  const expire = async (sql: string) => {
    const { browser, accountId } = await account.signIn();
    await account.owner.query(`UPDATE account.session SET ${sql} WHERE account_id = $1`, [accountId]);
    return (await browser.get('/api/session')).status;
  };
  expect(await expire("expires_at = now() - interval '1 second'")).toBe(401);
  expect(await expire('last_seen_on = last_seen_on - 8')).toBe(401);
  expect(await expire('last_seen_on = last_seen_on - 6')).toBe(200);
  const { browser } = await account.signIn();
  const { cookie } = browser;
  const out = await browser.delete('/api/session');
  expect([out.status, browser.cookie]).toEqual([204, undefined]);
  browser.cookie = cookie;
  expect((await browser.get('/api/session')).status).toBe(401);
});

test('the day of the last use is noted, and nothing finer', async () => {
  const { browser, accountId } = await account.signIn();
  await account.owner.query('UPDATE account.session SET last_seen_on = last_seen_on - 3 WHERE account_id = $1', [accountId]);
  await browser.get('/api/session');
  const { rows } = await account.owner.query('SELECT last_seen_on FROM account.session WHERE account_id = $1', [accountId]);
  expect(rows).toEqual([{ last_seen_on: new Date().toISOString().slice(0, 10) }]);
});

test('signing in again replaces the session of the browser, and an account keeps its newest 50', async () => {
  const { browser, accountId, email } = await account.signIn();
  const { cookie } = browser;
  await browser.post('/api/session', { email, password });
  expect(browser.cookie).not.toBe(cookie);
  const count = async () =>
    (await account.owner.query('SELECT count(*)::int AS n FROM account.session WHERE account_id = $1', [accountId])).rows[0].n as number;
  expect(await count()).toBe(1);
  await account.owner.query(
    "INSERT INTO account.session SELECT sha256(i::text::bytea), $1, now() + interval '1 day', current_date, now() - i * interval '1 minute' FROM generate_series(1, 60) AS i",
    [accountId],
  );
  await account.browser().post('/api/session', { email, password });
  expect(await count()).toBe(50);
});

test('keys, exports and deletion need a sign-in within 10 minutes, which the password alone renews', async () => {
  const { browser, accountId } = await account.signIn();
  await account.owner.query(
    "UPDATE account.session SET authenticated_at = authenticated_at - interval '11 minutes' WHERE account_id = $1",
    [accountId],
  );
  const tries = [
    await browser.post('/api/keys', { name: 'k' }),
    await browser.get('/api/account/export'),
    await browser.delete('/api/account'),
  ];
  expect(tries.map(({ status, json }) => [status, json.error.code])).toEqual(
    Array.from({ length: 3 }, () => [403, 'reauthentication_required']),
  );
  expect((await browser.post('/api/session/reauthenticate', { password: 'wrong password' })).json.error.code).toBe('sign_in_failed');
  expect((await browser.post('/api/keys', { name: 'k' })).status).toBe(403);
  expect((await browser.post('/api/session/reauthenticate', { password })).status).toBe(204);
  expect((await browser.post('/api/keys', { name: 'k' })).status).toBe(201);
});

test('pages of other sites are refused, programs and our own pages are not', async () => {
  const { browser } = await account.signIn();
  const ask = async (headers: Record<string, string>) => (await browser.get('/api/session', { headers })).status;
  expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await ask({ 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await ask({ origin: 'https://evil.test' })).toBe(403);
  expect(await ask({ origin: 'null' })).toBe(403);
  expect(await ask({ 'sec-fetch-site': 'same-origin', origin: 'https://evil.test' })).toBe(403);
  expect(await ask({ 'sec-fetch-site': 'same-origin', origin: account.url })).toBe(200);
  expect(await ask({ 'sec-fetch-site': 'none' })).toBe(200);
  expect(await ask({ origin: account.url.replace('127.0.0.1', 'localhost') })).toBe(200);
  const signIn = await account
    .browser()
    .post('/api/session', { email: 'a@b.test', password }, { headers: { origin: 'https://evil.test' } });
  expect([signIn.status, signIn.json.error.code]).toEqual([403, 'origin_refused']);
});

test('a hash made with an older pepper still opens, and is made again with the newest', async () => {
  const { email, accountId } = await account.signIn();
  await writeSecret(join(account.paths.peppers, 'pepper.2.key'), 'ab'.repeat(32));
  await account.restart();
  const versionOf = async () =>
    (await account.owner.query('SELECT pepper_version FROM account.account WHERE account_id = $1', [accountId])).rows[0]
      .pepper_version as number;
  expect(await versionOf()).toBe(1);
  expect((await account.browser().post('/api/session', { email, password })).status).toBe(200);
  await eventually('the hash is new', async () => (await versionOf()) === 2);
  expect((await account.browser().post('/api/session', { email, password })).status).toBe(200);
  expect((await account.browser().post('/api/session', { email, password: 'wrong password' })).status).toBe(401);
}, 60_000);

test('a password is what Unicode calls the same text, in whole: no byte of it is ignored', async () => {
  const long = 'é'.repeat(40) + 'x'.repeat(60);
  await account.operator.CreateAccount({ email: 'unicode@example.test', password: long }, { deadlineMs: 20_000 });
  const tryIt = async (text: string) =>
    (await account.browser().post('/api/session', { email: 'unicode@example.test', password: text })).status;
  expect(await tryIt(long.normalize('NFD'))).toBe(200);
  expect(await tryIt(`${long.slice(0, -1)}y`)).toBe(401);
});
