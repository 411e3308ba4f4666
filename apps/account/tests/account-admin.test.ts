import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashApiKey } from '@tacet/api-key';
import { createRpcClient } from '@tacet/rpc';
import { eventually } from '@tacet/testing';
import { stringify } from 'uuid';
import { bytesOf, password, startAccount, type AccountUnderTest } from './support/account-under-test.ts';

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount({ TACET_ACCOUNT_SIGNUP: 'closed' });
}, 60_000);
afterAll(() => account.stop());

const noLimits = { requestsPerMinute: 0, tokensPerMinute: '0', concurrentRequests: 0, spendDayNano: '0', spendMonthNano: '0', spendTotalNano: '0' };
const someId = bytesOf('01900000-0000-7000-8000-000000000000');

test('an account of the operator is verified, active, and can sign in', async () => {
  const made = await account.operator.CreateAccount({ email: 'Made@Example.test', password });
  expect(made).toEqual({
    accountId: expect.any(Buffer),
    email: 'made@example.test',
    emailVerified: true,
    status: 'active',
    createdOn: new Date().toISOString().slice(0, 10),
    limits: { ...noLimits },
  });
  expect((await account.browser().post('/api/session', { email: 'made@example.test', password })).status).toBe(200);
  await expect(account.operator.CreateAccount({ email: 'made@example.test', password })).rejects.toMatchObject({ code: 'conflict' });
});

test('accounts without address have keys and nobody who signs in', async () => {
  const made = await Promise.all([account.operator.CreateAccount({}), account.operator.CreateAccount({})]);
  expect(made.map(({ email, status }) => [email, status])).toEqual([
    ['', 'active'],
    ['', 'active'],
  ]);
  const { key, plaintextKey } = await account.operator.CreateKey({
    accountId: made[0].accountId,
    name: 'machine',
    noLog: true,
    models: ['m'],
    limits: { spendTotalNano: '5' },
    expiresAtMs: Date.now() + 60_000,
  });
  expect(plaintextKey).toMatch(/^tct_live_/);
  expect([key?.noLog, key?.models, key?.limits?.spendTotalNano]).toEqual([true, ['m'], '5']);
});

test('while peers are away an account is made as opening, and finished later', async () => {
  account.ledger.before = () => new Promise(() => undefined);
  const made = await account.operator.CreateAccount({ email: 'early@example.test' }, { deadlineMs: 60_000 });
  expect(made.status).toBe('opening');
  await expect(account.operator.CreateKey({ accountId: made.accountId, name: 'k' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(account.operator.SuspendAccount({ accountId: made.accountId, suspended: true })).rejects.toMatchObject({ code: 'conflict' });
  account.ledger.before = async () => undefined;
  await eventually(
    'active',
    async () => (await account.operator.ListAccounts({ email: 'early@example.test' })).accounts[0]?.status === 'active',
    20_000,
  );
}, 90_000);

test('lists of accounts and keys come in pages, by creation, each entry once', async () => {
  for (let i = 0; i < 5; i++) await account.operator.CreateAccount({});
  const ids: string[] = [];
  let after: Uint8Array = Buffer.alloc(0);
  do {
    const page = await account.operator.ListAccounts({ after: Buffer.from(after), pageSize: 3 });
    ids.push(...page.accounts.map(({ accountId }) => stringify(accountId)));
    after = page.next;
  } while (after.length > 0);
  const { rows } = await account.owner.query<{ account_id: string }>('SELECT account_id FROM account.account ORDER BY account_id');
  expect(ids).toEqual(rows.map(({ account_id: accountId }) => accountId));
  const accountId = bytesOf(ids[0]!);
  for (let i = 0; i < 3; i++) await account.operator.CreateKey({ accountId, name: `k${i}` });
  const first = await account.operator.ListKeys({ accountId, pageSize: 2 });
  const second = await account.operator.ListKeys({ accountId, pageSize: 2, after: first.next });
  expect([...first.keys, ...second.keys].map(({ name }) => name)).toEqual(['k0', 'k1', 'k2']);
  expect(second.next).toHaveLength(0);
});

test('a key is revoked by either of its names, again and again', async () => {
  const { accountId } = await account.operator.CreateAccount({});
  const [a, b] = [await account.operator.CreateKey({ accountId, name: 'a' }), await account.operator.CreateKey({ accountId, name: 'b' })];
  const byId = await account.operator.RevokeKey({ keyId: a.key!.keyId });
  const byName = await account.operator.RevokeKey({ publicId: b.key!.publicId });
  expect([byId.name, byName.name]).toEqual(['a', 'b']);
  expect(Number(byId.revokedAtMs)).toBeGreaterThan(0);
  expect(await account.operator.RevokeKey({ keyId: a.key!.keyId })).toEqual(byId);
});

test('a suspension that the ledger did not hear of is repaired by saying it again', async () => {
  const { accountId } = await account.operator.CreateAccount({});
  account.ledger.failWith = 'internal_error';
  await expect(account.operator.SuspendAccount({ accountId, suspended: true })).rejects.toMatchObject({ code: 'internal_error' });
  account.ledger.failWith = undefined;
  expect((await account.operator.SuspendAccount({ accountId, suspended: true })).status).toBe('suspended');
  expect(account.ledger.suspended.has(accountId.toString('hex'))).toBe(true);
});

test('limits of an account are told to edges with each of its keys and with itself, and replaced as a whole', async () => {
  const { accountId } = await account.operator.CreateAccount({});
  const { plaintextKey } = await account.operator.CreateKey({ accountId, name: 'k', limits: { requestsPerMinute: 7 } });
  const hash = hashApiKey(plaintextKey);
  const before = await account.directory.Resolve({ hash });
  expect([before.limits?.requestsPerMinute, before.accountLimits]).toEqual([7, noLimits]);
  const limits = { requestsPerMinute: 60, tokensPerMinute: '100000', concurrentRequests: 4 };
  expect((await account.operator.SetAccountLimits({ accountId, limits })).limits).toEqual({ ...noLimits, ...limits });
  const after = await account.directory.Resolve({ hash });
  expect([after.limits?.requestsPerMinute, after.accountLimits]).toEqual([7, { ...noLimits, ...limits }]);
  // A change that edges hear of, as of a suspension.
  expect(BigInt(after.revision)).toBeGreaterThan(BigInt(before.revision));
  expect((await account.directory.ResolveAccount({ accountId })).accountLimits).toEqual({ ...noLimits, ...limits });
  await account.operator.SetAccountLimits({ accountId, limits: { concurrentRequests: 1 } });
  expect((await account.directory.ResolveAccount({ accountId })).accountLimits).toEqual({ ...noLimits, concurrentRequests: 1 });
});

test.each([
  ['CreateAccount', { email: 'no address' }, 'field_invalid', 'email'],
  ['CreateAccount', { email: 'a@b.test\r\nBcc: c@d.test' }, 'field_invalid', 'email'],
  ['CreateAccount', { email: 'a@b.test', password: 'short' }, 'field_invalid', 'password'],
  ['CreateAccount', { email: 'a@b.test', password: 'x'.repeat(1_025) }, 'field_invalid', 'password'],
  ['ListAccounts', { pageSize: 1_001 }, 'field_invalid', 'page_size'],
  ['ListAccounts', { after: Buffer.alloc(3) }, 'field_invalid', 'after'],
  ['SuspendAccount', { accountId: Buffer.alloc(15) }, 'field_invalid', 'account_id'],
  ['SuspendAccount', { accountId: someId }, 'not_found', undefined],
  ['SetAccountLimits', { accountId: someId, limits: { requestsPerMinute: 1 } }, 'not_found', undefined],
  ['SetAccountLimits', { accountId: someId, limits: { spendDayNano: '5' } }, 'field_invalid', 'limits.spend_day_nano_usd'],
  ['CreateKey', { accountId: someId, name: 'k' }, 'not_found', undefined],
  ['CreateKey', { accountId: someId, name: '' }, 'field_invalid', 'name'],
  ['CreateKey', { accountId: someId, name: 'x'.repeat(101) }, 'field_invalid', 'name'],
  ['CreateKey', { accountId: someId, name: 'k', models: [''] }, 'field_invalid', 'models.0'],
  ['CreateKey', { accountId: someId, name: 'k', limits: { spendDayNano: '-1' } }, 'field_invalid', 'limits.spend_day_nano_usd'],
  [
    'CreateKey',
    { accountId: someId, name: 'k', limits: { tokensPerMinute: '18446744073709551615' } },
    'field_invalid',
    'limits.tokens_per_minute',
  ],
  ['CreateKey', { accountId: someId, name: 'k', expiresAtMs: '-5' }, 'field_invalid', 'expires_at_ms'],
  ['CreateKey', { accountId: someId, name: 'k', expiresAtMs: '9007199254740993' }, 'field_invalid', 'expires_at_ms'],
  ['CreateKey', { accountId: someId, name: 'k', expiresAtMs: '1000' }, 'field_invalid', 'expires_at'],
  ['ListKeys', { accountId: someId }, 'not_found', undefined],
  ['RevokeKey', {}, 'field_invalid', 'key_id'],
  ['RevokeKey', { keyId: someId, publicId: 'abcdefgh' }, 'field_invalid', 'key_id'],
  ['RevokeKey', { publicId: 'abcdefgh' }, 'not_found', undefined],
] as const)('%s %j: %s %s', async (rpc, request, code, param) => {
  const call = account.operator[rpc] as (input: object) => Promise<unknown>;
  await expect(call(request)).rejects.toMatchObject({ code, param });
});

test.each(['account', 'edge', 'billing', 'key-service', 'pruner'] as const)('%s is no operator', async (identity) => {
  const client = createRpcClient('AccountAdmin', { address: account.rpcAddress, tls: account.tlsOf(identity), server: 'account' });
  try {
    for (const rpc of ['CreateAccount', 'ListAccounts', 'SuspendAccount', 'SetAccountLimits', 'CreateKey', 'ListKeys', 'RevokeKey'] as const) {
      await expect((client[rpc] as (input: object) => Promise<unknown>)({})).rejects.toMatchObject({ code: 'rpc_not_allowed' });
    }
  } finally {
    client.close();
  }
});
