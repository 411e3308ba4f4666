import { afterEach, expect, test } from '@jest/globals';
import { password, startAccount, tokenIn, type AccountUnderTest } from './support/account-under-test.ts';

let account: AccountUnderTest;
afterEach(() => account.stop());

test('closed: nobody signs up', async () => {
  account = await startAccount({ TACET_ACCOUNT_SIGNUP: 'closed' });
  const { status, json } = await account.browser().post('/api/signup', { email: 'a@example.test', password });
  expect([status, json.error.code]).toEqual([403, 'signup_closed']);
  const { rows } = await account.owner.query('SELECT 1 FROM account.account');
  expect(rows).toEqual([]);
}, 60_000);

test('invite: only an address that the operator made an account for gets a link; others are answered alike', async () => {
  account = await startAccount({ TACET_ACCOUNT_SIGNUP: 'invite' });
  await account.operator.CreateAccount({ email: 'invited@example.test' }, { deadlineMs: 20_000 });
  const stranger = await account.browser().post('/api/signup', { email: 'stranger@example.test', password });
  const invited = await account.browser().post('/api/signup', { email: 'Invited@example.test', password });
  expect([stranger.status, stranger.json]).toEqual([invited.status, invited.json]);
  const token = tokenIn(await account.mailTo('invited@example.test'));
  expect((await account.browser().post('/api/verify', { token })).status).toBe(200);
  const { rows } = await account.owner.query('SELECT email FROM account.account');
  expect(rows).toEqual([{ email: 'invited@example.test' }]);
}, 60_000);
