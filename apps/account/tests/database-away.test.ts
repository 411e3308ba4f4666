/**
 * Goal: a database that is away, or used up, is told as such: 503 with the time to come again, never 500.
 * Method: the real process on a real PostgreSQL, over a wire that is cut, and with all of its connections kept waiting by a
 * lock.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeSecret } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { password, startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import type { Answer } from './support/browser.ts';
import { layWire, type Wire } from './support/wire.ts';

let account: AccountUnderTest;
let wire: Wire;

beforeAll(async () => {
  account = await startAccount();
  const url = new URL(account.database.urlOf('tacet_account'));
  wire = await layWire(Number(url.port));
  url.port = String(wire.port);
  await writeSecret(account.paths.databaseUrl('tacet_account'), url.toString());
  await account.restart();
}, 120_000);
afterAll(async () => {
  await account.stop();
  await wire.cut();
}, 60_000);

function expectAway({ status, headers, json }: Answer): void {
  expect([status, json.error.code, json.error.message.startsWith('The database does not answer.')]).toEqual([503, 'unavailable', true]);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
}

test('while the database is away every door says so, and when it is back they serve without a restart', async () => {
  const { browser, email } = await account.signIn();
  await wire.cut();
  expectAway(await browser.get('/api/session'));
  expectAway(await browser.get('/api/keys'));
  expectAway(await account.browser().post('/api/session', { email, password }));
  await expect(account.directory.Resolve({ hash: Buffer.alloc(32) })).rejects.toMatchObject({ code: 'unavailable' });
  await expect(account.operator.ListAccounts({})).rejects.toMatchObject({ code: 'unavailable' });
  await wire.mend();
  await eventually('it serves again', async () => (await browser.get('/api/session')).status === 200);
  expect((await account.browser().post('/api/session', { email, password })).status).toBe(200);
  const log = await account.log();
  expect(log).toContain('database_away');
  expect(log).not.toMatch(/request_failed|rpc_failed/);
  expect(log).not.toContain(email);
});

test('when all connections are taken, what waits too long is told to come again, and nothing is lost', async () => {
  const { browser, email } = await account.signIn();
  const holder = await account.owner.connect();
  await holder.query('BEGIN; LOCK TABLE account.session, account.throttle IN ACCESS EXCLUSIVE MODE');
  const waiting = Array.from({ length: 30 }, () => browser.get('/api/session'));
  const signIns = Array.from({ length: 5 }, () => account.browser().post('/api/session', { email, password }));
  // Those that got no connection at all.
  expectAway(await Promise.race(signIns));
  await holder.query('COMMIT');
  holder.release();
  const answers = await Promise.all([...waiting, ...signIns]);
  for (const answer of answers.filter(({ status }) => status !== 200)) expectAway(answer);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  expect((await browser.get('/api/session')).status).toBe(200);
}, 60_000);
