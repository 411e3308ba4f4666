import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { password, startAccount, tokenIn, type AccountUnderTest } from './support/account-under-test.ts';

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount();
}, 60_000);
afterAll(() => account.stop());

async function statusOf(email: string): Promise<string | undefined> {
  const { rows } = await account.owner.query<{ status: string }>('SELECT status FROM account.account WHERE email = $1', [email]);
  return rows[0]?.status;
}

test('a sign-up is answered with 202, opens the account, and its mailed link verifies and signs in, once', async () => {
  const browser = account.browser();
  const answer = await browser.post('/api/signup', { email: 'New.Person@Example.test', password });
  expect([answer.status, answer.json, answer.headers['set-cookie']]).toEqual([202, { status: 'accepted' }, undefined]);
  await eventually('the account is active', async () => (await statusOf('new.person@example.test')) === 'active');
  expect((await browser.post('/api/session', { email: 'new.person@example.test', password })).json.error.code).toBe('sign_in_failed');

  const token = tokenIn(await account.mailTo('new.person@example.test'));
  const verified = await browser.post('/api/verify', { token });
  expect([verified.status, verified.json.account.email, verified.json.account.email_verified]).toEqual([
    200,
    'new.person@example.test',
    true,
  ]);
  expect(String(verified.headers['set-cookie'])).toMatch(/^tacet=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  expect((await browser.get('/api/session')).status).toBe(200);
  const again = await account.browser().post('/api/verify', { token });
  expect([again.status, again.json.error.param]).toEqual([400, 'token']);
});

test('a second sign-up is answered alike, and mails the owner instead of changing anything', async () => {
  const { browser, email } = await account.signIn();
  const other = account.browser();
  const answer = await other.post('/api/signup', { email, password: 'another password entirely' });
  expect([answer.status, answer.json]).toEqual([202, { status: 'accepted' }]);
  const mail = await account.mailTo(email, /already have an account/);
  expect(mail.text).not.toContain('#token=');
  expect((await other.post('/api/session', { email, password: 'another password entirely' })).status).toBe(401);
  expect((await browser.get('/api/session')).status).toBe(200);
});

test('the link of a sign-up sets the password of that very sign-up, so nobody can leave theirs on an address of others', async () => {
  const [attacker, victim] = [account.browser(), account.browser()];
  await attacker.post('/api/signup', { email: 'victim@example.test', password: 'the password of the attacker' });
  await account.mailTo('victim@example.test');
  await victim.post('/api/signup', { email: 'victim@example.test', password: 'the password of the victim' });
  const tokens = await eventually('two links', async () => {
    const { rows } = await account.owner.query(
      "SELECT 1 FROM account.email_token JOIN account.account USING (account_id) WHERE email = 'victim@example.test'",
    );
    return rows.length === 2;
  }).then(() => account.mailTo('victim@example.test'));
  expect((await victim.post('/api/verify', { token: tokenIn(tokens) })).status).toBe(200);
  expect((await attacker.post('/api/session', { email: 'victim@example.test', password: 'the password of the attacker' })).status).toBe(
    401,
  );
  expect((await victim.post('/api/session', { email: 'victim@example.test', password: 'the password of the victim' })).status).toBe(200);
});

test('ten sign-ups at once make one account', async () => {
  await account.owner.query('DELETE FROM account.throttle');
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => account.browser().post('/api/signup', { email: 'many@example.test', password })),
  );
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  await eventually('the account is active', async () => (await statusOf('many@example.test')) === 'active');
  const { rows } = await account.owner.query("SELECT count(*) AS n FROM account.account WHERE email = 'many@example.test'");
  expect(rows[0].n).toBe(1n);
});

test('an account whose peers are away stays opening, and the sweeper finishes it when they are back', async () => {
  account.keys.failWith = 'internal_error';
  await account.browser().post('/api/signup', { email: 'patient@example.test', password });
  await account.mailTo('patient@example.test');
  expect(await statusOf('patient@example.test')).toBe('opening');
  account.keys.failWith = undefined;
  account.ledger.failWith = 'internal_error';
  await eventually('the key is made', () => account.keys.calls.at(-1) === 'CreateDek' && account.ledger.calls.at(-1) === 'OpenAccount');
  expect(await statusOf('patient@example.test')).toBe('opening');
  account.ledger.failWith = undefined;
  await eventually('the account is active', async () => (await statusOf('patient@example.test')) === 'active');
});

test('a crash between any two steps of a sign-up is repaired by the next start', async () => {
  for (const rpc of ['CreateDek', 'OpenAccount']) {
    const email = `crash-${rpc.toLowerCase()}@example.test`;
    const peer = rpc === 'CreateDek' ? account.keys : account.ledger;
    const reached = Promise.withResolvers<void>();
    const killed = Promise.withResolvers<void>();
    peer.before = async (called) => {
      if (called !== rpc) return;
      reached.resolve();
      await killed.promise;
    };
    await account.browser().post('/api/signup', { email, password });
    await reached.promise;
    await account.process.kill();
    killed.resolve();
    peer.before = async () => undefined;
    expect(await statusOf(email)).toBe('opening');
    await account.restart();
    await eventually('the account is active', async () => (await statusOf(email)) === 'active');
  }
}, 60_000);

test('a forgotten password is set by a mailed link, which ends every session; unknown addresses are answered alike', async () => {
  const { browser, email } = await account.signIn();
  const unknown = await account.browser().post('/api/reset', { email: 'nobody@example.test' });
  const known = await account.browser().post('/api/reset', { email });
  expect([known.status, known.json]).toEqual([unknown.status, unknown.json]);
  const token = tokenIn(await account.mailTo(email, /new password/));
  expect((await account.browser().post('/api/verify', { token })).status).toBe(400);
  const elsewhere = account.browser();
  const reset = await elsewhere.post('/api/reset/confirm', { token, password: 'a fresh and long password' });
  expect([reset.status, reset.json.account.email]).toEqual([200, email]);
  expect((await browser.get('/api/session')).status).toBe(401);
  expect((await elsewhere.get('/api/session')).status).toBe(200);
  expect((await account.browser().post('/api/reset/confirm', { token, password: 'a fresh and long password' })).status).toBe(400);
  expect((await account.browser().post('/api/session', { email, password })).status).toBe(401);
  expect((await account.browser().post('/api/session', { email, password: 'a fresh and long password' })).status).toBe(200);
});

test('a link that is 15 minutes old does nothing', async () => {
  await account.browser().post('/api/signup', { email: 'late@example.test', password });
  const token = tokenIn(await account.mailTo('late@example.test'));
  await account.owner.query("UPDATE account.email_token SET expires_at = now() - interval '1 second'");
  expect((await account.browser().post('/api/verify', { token })).status).toBe(400);
});

test('mails to one address are limited, whoever asks', async () => {
  await account.owner.query('DELETE FROM account.throttle');
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await account.browser().post('/api/reset', { email: 'flooded@example.test' })).status);
  expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
});

test('an account that nobody verified is deleted after a week', async () => {
  await account.owner.query('DELETE FROM account.throttle');
  await account.browser().post('/api/signup', { email: 'never@example.test', password });
  await account.mailTo('never@example.test');
  await eventually('the account is active', async () => (await statusOf('never@example.test')) === 'active');
  await account.owner.query("UPDATE account.account SET created_on = created_on - 8 WHERE email = 'never@example.test'");
  await account.restart();
  await eventually('the account is gone', async () => (await statusOf('never@example.test')) === undefined);
});

test('files of the outbox are for their owner alone', async () => {
  const { readdirSync, statSync } = await import('node:fs');
  const names = readdirSync(account.paths.mail);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(statSync(`${account.paths.mail}/${name}`).mode & 0o777).toBe(0o600);
});
