import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import { parse } from 'uuid';
import { documentOf, linesOf, tacet, type CommandLineOptions } from './command-line.ts';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

const accountText = '01938b6e-0000-7000-8000-000000000001';
const keyText = '01938b6e-0000-7000-8000-0000000000aa';
const accountId = Buffer.from(parse(accountText));
const keyId = Buffer.from(parse(keyText));
const ann = { accountId, email: 'ann@example.org', emailVerified: true, status: 'active', createdOn: '2026-01-31' };
const none = Buffer.alloc(0);
const limits = {
  requestsPerMinute: 60,
  tokensPerMinute: '0',
  concurrentRequests: 0,
  spendDayNano: '1500000000',
  spendMonthNano: '0',
  spendTotalNano: '0',
};
const key = {
  keyId,
  accountId,
  publicId: 'Ab3dEf6h',
  name: 'build',
  noLog: false,
  models: ['small'],
  limits,
  expiresAtMs: '0',
  revokedAtMs: '0',
};

let fake: FakeDeployment;
const run = (line: string, options: CommandLineOptions = {}) => tacet(line.split(' '), { folder: fake.folder, ...options });

beforeAll(async () => {
  fake = await startFakeDeployment();
});
afterAll(() => fake.stop());

test('an account is made with a password out of a file, and its calls carry the operator', async () => {
  fake.answer({ AccountAdmin: { CreateAccount: async () => ann } });
  writeFileSync(join(fake.folder, 'password'), 'correct horse battery\n', { mode: 0o600 });
  const result = await run('account create --email ann@example.org --password-file password');
  expect(fake.calls).toEqual([
    { rpc: 'AccountAdmin.CreateAccount', request: { email: 'ann@example.org', password: 'correct horse battery' }, caller: 'operator' },
  ]);
  expect(result).toEqual({
    code: 0,
    stderr: '',
    stdout: `account  ${accountText}\ne-mail   ann@example.org (verified)\nstatus   active\ncreated  2026-01-31\nlimits   none\n`,
  });
});

test('an account without a password says so, beside the answer', async () => {
  fake.answer({ AccountAdmin: { CreateAccount: async () => ({ ...ann, email: '' }) } });
  const result = await run('account create --json');
  expect(documentOf(result)).toEqual({
    account_id: accountText,
    email: null,
    email_verified: true,
    status: 'active',
    created_on: '2026-01-31',
    limits: {},
  });
  expect(result.stderr).toContain('nobody can sign in');
});

test('a password that others may read is refused', async () => {
  fake.answer({ AccountAdmin: { CreateAccount: async () => ann } });
  writeFileSync(join(fake.folder, 'open'), 'correct horse battery', { mode: 0o644 });
  const result = await run('account create --password-file open');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('chmod 600');
  expect(fake.calls).toEqual([]);
});

test('accounts are listed page after page', async () => {
  const ids = Array.from({ length: 3 }, (_, at) => Buffer.from(parse(`01938b6e-0000-7000-8000-00000000000${at}`)));
  fake.answer({
    AccountAdmin: {
      ListAccounts: async ({ after }) => {
        const at = after.length === 0 ? 0 : ids.findIndex((id) => id.equals(after)) + 1;
        return { accounts: [{ ...ann, accountId: ids[at]! }], next: at < 2 ? ids[at]! : none };
      },
    },
  });
  expect(linesOf(await run('account list --json')).map((line) => String(line['account_id']).slice(-1))).toEqual(['0', '1', '2']);
  expect(fake.calls).toHaveLength(3);
  const limited = await run('account list --limit 2');
  expect(limited.stdout.trim().split('\n')).toHaveLength(3);
});

test('an account may be named by its address, in any command', async () => {
  fake.answer({
    AccountAdmin: {
      ListAccounts: async () => ({ accounts: [ann], next: none }),
      SuspendAccount: async ({ suspended }) => ({ ...ann, status: suspended ? 'suspended' : 'active' }),
    },
  });
  expect(documentOf(await run('account suspend ann@example.org --json'))).toMatchObject({ status: 'suspended' });
  expect(fake.calls.map(({ request }) => request)).toMatchObject([{ email: 'ann@example.org' }, { accountId, suspended: true }]);
  expect((await run(`account resume ${accountText}`)).stdout).toContain('active');
});

test('limits of an account are set as a whole, and shown where there are any', async () => {
  fake.answer({
    AccountAdmin: {
      SetAccountLimits: async ({ limits }) => ({ ...ann, limits }),
    },
  });
  const shown = await run(`account limit ${accountText} --requests-per-minute 60 --concurrent-requests 4`);
  expect(shown.stdout).toContain('60 requests a minute, 4 requests at once');
  expect(fake.calls.map(({ request }) => request)).toMatchObject([{ accountId, limits: { requestsPerMinute: 60, tokensPerMinute: '0', concurrentRequests: 4 } }]);
  expect(documentOf(await run(`account limit ${accountText} --tokens-per-minute 1000 --json`))).toMatchObject({ limits: { tokens_per_minute: '1000' } });
});

test('an unknown address is not found, and what is neither is wrong usage', async () => {
  fake.answer({ AccountAdmin: { ListAccounts: async () => ({ accounts: [], next: none }) } });
  const unknown = await run('account suspend bob@example.org --json');
  expect(unknown.code).toBe(1);
  expect(documentOf(unknown)).toEqual({
    error: { code: 'not_found', message: 'No account has this e-mail address.', param: 'account', remedy: 'Check the id.' },
  });
  expect((await run('account suspend bob')).code).toBe(2);
});

test('a typed error is told by code, sentence, param and remedy', async () => {
  fake.answer({
    AccountAdmin: {
      CreateAccount: async () => {
        throw new TacetError('field_invalid', { param: 'email' });
      },
    },
  });
  const { code, stdout, stderr } = await run('account create --email nonsense');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    'tacet: field_invalid: A field is missing, of the wrong type, or out of range. (email)\n  Correct the field that `param` names.\n',
  );
});

test('a key is made with every option and shown once', async () => {
  const plaintextKey = 'tct_live_Ab3dEf6h_secret';
  fake.answer({ AccountAdmin: { CreateKey: async () => ({ key, plaintextKey }) } });
  const all = `--name build --no-log --model small --model large --requests-per-minute 60 --tokens-per-minute 1000 --concurrent-requests 4 --spend-day 1.50 --spend-month 20 --spend-total 100 --expires 30d`;
  const result = await run(`key create ${accountText} ${all} --json`, { nowMs: 1_000_000 });
  expect(fake.calls[0]?.request).toMatchObject({
    accountId,
    name: 'build',
    noLog: true,
    models: ['small', 'large'],
    limits: {
      requestsPerMinute: 60,
      tokensPerMinute: '1000',
      concurrentRequests: 4,
      spendDayNano: '1500000000',
      spendMonthNano: '20000000000',
      spendTotalNano: '100000000000',
    },
    expiresAtMs: String(1_000_000 + 30 * 86_400_000),
  });
  expect(documentOf(result)).toEqual({
    key_id: keyText,
    account_id: accountText,
    public_id: 'Ab3dEf6h',
    name: 'build',
    no_log: false,
    models: ['small'],
    limits: { requests_per_minute: 60, spend_day_usd: '1.50' },
    expires_at: null,
    revoked_at: null,
    key: plaintextKey,
  });
  expect(result.stderr).not.toContain(plaintextKey);
});

test('a key without options is logged, unlimited and does not expire', async () => {
  fake.answer({ AccountAdmin: { CreateKey: async () => ({ key, plaintextKey: 'tct_live_x' }) } });
  expect((await run(`key create ${accountText} --name build`)).stdout).toMatch(/^key {5}tct_live_x\n/);
  expect(fake.calls[0]?.request).toMatchObject({
    noLog: false,
    models: [],
    expiresAtMs: '0',
    limits: { spendDayNano: '0', requestsPerMinute: 0 },
  });
});

test('keys are listed with their state, and their names cannot move the cursor', async () => {
  const keys = [
    key,
    { ...key, publicId: 'revoked1', revokedAtMs: '5' },
    { ...key, publicId: 'expired1', expiresAtMs: '999', name: 'evil\u001b[2J' },
  ];
  fake.answer({
    AccountAdmin: {
      ListKeys: async ({ after }) => (after.length === 0 ? { keys: keys.slice(0, 2), next: keyId } : { keys: keys.slice(2), next: none }),
    },
  });
  const { stdout } = await run(`key list ${accountText}`, { nowMs: 1_000 });
  expect(stdout).toMatch(/Ab3dEf6h .* active .*60 requests a minute, 1\.50 USD a day/);
  expect(stdout).toMatch(/revoked1 .* revoked/);
  expect(stdout).toMatch(/expired1 .* expired/);
  expect(stdout).not.toContain('\u001b');
});

test('a key is revoked by its id or its public id, never by itself', async () => {
  fake.answer({ AccountAdmin: { RevokeKey: async () => ({ ...key, revokedAtMs: '1000' }) } });
  expect(documentOf(await run('key revoke Ab3dEf6h --yes --json'))).toMatchObject({ revoked_at: '1970-01-01T00:00:01.000Z' });
  await run(`key revoke ${keyText} -y`);
  expect(fake.calls.map(({ request }) => request)).toMatchObject([{ publicId: 'Ab3dEf6h' }, { keyId }]);
  expect((await run('key revoke tct_live_Ab3dEf6h_secret --yes')).code).toBe(2);
});

test('what cannot be taken back is asked on a terminal and refused elsewhere', async () => {
  fake.answer({ AccountAdmin: { RevokeKey: async () => ({ ...key, revokedAtMs: '1000' }) } });
  const blind = await run('key revoke Ab3dEf6h');
  expect(blind).toMatchObject({ code: 2, stdout: '' });
  expect(blind.stderr).toContain('--yes');
  for (const typed of ['n', ' ', 'sure', '\u0003', ''])
    expect(await run('key revoke Ab3dEf6h', { terminal: true, typed })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was done.'),
    });
  expect(fake.calls).toEqual([]);
  const yes = await run('key revoke Ab3dEf6h', { terminal: true, typed: 'y' });
  expect(yes.code).toBe(0);
  expect(yes.stderr).toContain('Revoke the key Ab3dEf6h for good? [y/N]');
});
