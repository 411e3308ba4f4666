/**
 * Goal: an account brings its own key: nothing but that key opens its records, from setting it to taking it back.
 * Method: the real process, and a Vault that is faked at the wire, whose owner rotates, denies and restores.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import pg from 'pg';
import { startFakeVault, type FakeVault } from './fake-vault.ts';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext } from './records.ts';

let folder: string;
let vault: FakeVault;
let service: KeyServiceUnderTest;
let admin: pg.Client;
const chosen = { providerName: 'customers', key: 'acme' };

async function writeProviders(text: string): Promise<void> {
  await writeFile(join(folder, 'providers.yaml'), text);
}

const providersText = () => `providers:
  - { name: customers, kind: vault-transit, address: "${vault.address}", tokenFile: "${join(folder, 'token')}", forAccounts: true, timeoutMs: 500 }
  - { name: operators, kind: vault-transit, address: "${vault.address}", tokenFile: "${join(folder, 'token')}" }
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacet-providers-'));
  vault = await startFakeVault();
  await writeFile(join(folder, 'token'), vault.token, { mode: 0o600 });
  await writeProviders(providersText());
  service = await startKeyService({ TACET_KEY_SERVICE_PROVIDERS_FILE: join(folder, 'providers.yaml'), TACET_KEYSTORE_BACKUP_DAYS: '0' });
  admin = new pg.Client({ connectionString: service.database.adminUrl });
  await admin.connect();
  await createKey('acme');
}, 60_000);

beforeEach(() => {
  vault.fault = 'none';
  vault.denied.clear();
});

afterAll(async () => {
  await admin.end();
  await service.stop();
  await vault.stop();
  await rm(folder, { recursive: true });
}, 60_000);

const account = () => service.keys('account');
const operator = () => service.keys('operator');
const seals = () => service.seals('account');

/** What the key's owner does at Vault. */
async function ownerPosts(path: string): Promise<void> {
  const response = await fetch(`${vault.address}/v1/transit/keys/${path}`, { method: 'POST', headers: { 'x-vault-token': vault.token } });
  expect(response.ok).toBe(true);
}
const createKey = (name: string) => ownerPosts(name);

async function wrappedOf(accountId: Buffer): Promise<string[]> {
  const { rows } = await admin.query<{ row: string }>("SELECT encode(wrapped, 'hex') || provider || kek_id || kek_version AS row FROM keystore.dek WHERE account_id = $1 ORDER BY dek_version", [accountId.toString('hex')]);
  return rows.map(({ row }) => row);
}

const codeOf = (call: Promise<unknown>) => call.then((answer) => answer, (error: { code?: string }) => error.code);

test('set: all DEKs move under the chosen key, records stay as they are, and new DEKs are wrapped by it', async () => {
  const accountId = await someAccount(account());
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'before');
  await account().RotateDek({ accountId });
  expect(await account().VerifyProvider(chosen)).toEqual({ provider: 'vault-transit', kekId: 'customers/acme', kekVersion: 1 });
  expect(await account().SetAccountKek({ accountId, ...chosen })).toEqual({ accountId, provider: 'vault-transit', kekId: 'customers/acme', kekVersion: 1, deks: 2 });
  expect(await openOne(seals(), accountId, context, record)).toBe('before');
  expect(await account().RotateDek({ accountId })).toMatchObject({ dekVersion: 3, kekId: 'customers/acme', kekVersion: 1 });
  expect((await operator().DescribeKeys({ accountId })).keks).toEqual([
    { provider: 'vault-transit', kekId: 'customers/acme', kekVersion: 1, state: 'active', deks: '3', rewrappedAtMs: '0', createdAtMs: expect.any(String), isDefault: false, health: 'usable' },
  ]);
  await service.restart();
  expect(await openOne(seals(), accountId, context, record)).toBe('before');
});

test('disable: 423 within the cache lifetime, for old and new records, without fallback; others go on; enable: it reads again', async () => {
  const [accountId, other] = [await someAccount(account()), await someAccount(account())];
  const context = someContext();
  await account().SetAccountKek({ accountId, ...chosen });
  const record = await sealOne(seals(), accountId, context, 'mine');
  vault.denied.add('acme');
  const open = () => codeOf(openOne(seals(), accountId, context, record));
  await eventually('the key is disabled', async () => (await open()) === 'kek_disabled');
  expect((await operator().DescribeKeys({ accountId })).keks).toMatchObject([{ kekId: 'customers/acme', health: 'disabled' }]);
  expect(await codeOf(sealOne(seals(), accountId, context, 'x'))).toBe('kek_disabled');
  expect(await codeOf(sealOne(seals(), accountId, context, 'x', Date.now() + 3_600_000))).toBe('kek_disabled');
  expect(await codeOf(account().RotateDek({ accountId }))).toBe('kek_disabled');
  // Neither the account nor the operator gets round it.
  expect(await codeOf(operator().SetAccountKek({ accountId }))).toBe('kek_disabled');
  expect(await openOne(seals(), other, context, await sealOne(seals(), other, context, 'theirs'))).toBe('theirs');
  await service.restart();
  expect(await open()).toBe('kek_disabled');
  vault.denied.clear();
  expect(await open()).toBe('mine');
  expect(await codeOf(sealOne(seals(), accountId, context, 'x'))).toBeInstanceOf(Buffer);
});

test('rotate: what the owner rotated at the provider is taken in, and the DEKs move under it', async () => {
  const accountId = await someAccount(account());
  await createKey('rotated');
  await account().SetAccountKek({ accountId, providerName: 'customers', key: 'rotated' });
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text');
  await ownerPosts('rotated/rotate');
  expect((await operator().RewrapDek({ accountId })).deks).toMatchObject([{ kekId: 'customers/rotated', kekVersion: 2 }]);
  vault.configure('rotated', 2);
  await service.restart();
  expect(await openOne(seals(), accountId, context, record)).toBe('text');
  // The deployment's own rotation leaves it where it is.
  await operator().RotateKek({});
  for await (const _ of operator().RewrapAll({}));
  expect((await operator().DescribeKeys({ accountId })).keks).toMatchObject([{ kekId: 'customers/rotated', kekVersion: 2, deks: '1' }]);
});

test("take back: the deployment's own key wraps again, and the account's own is not needed any more", async () => {
  const accountId = await someAccount(account());
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text');
  await account().SetAccountKek({ accountId, ...chosen });
  expect(await account().SetAccountKek({ accountId })).toMatchObject({ provider: 'local', kekId: 'main' });
  vault.denied.add('acme');
  await service.restart();
  expect(await openOne(seals(), accountId, context, record)).toBe('text');
});

test('what cannot be done leaves everything as it was, with a typed error', async () => {
  const accountId = await someAccount(account());
  await account().RotateDek({ accountId });
  const before = await wrappedOf(accountId);
  const set = (providerName: string, key: string) => codeOf(account().SetAccountKek({ accountId, providerName, key }));
  expect(await set('operators', 'acme')).toBe('field_invalid');
  // What is not there, and what is not theirs, are told alike, with what to do.
  for (const providerName of ['operators', 'nobody']) {
    await expect(account().VerifyProvider({ providerName, key: 'acme' })).rejects.toMatchObject({ param: 'provider_name', message: expect.stringContaining('providers.yaml') });
  }
  await expect(account().VerifyProvider({ providerName: 'customers', key: 'missing' })).rejects.toMatchObject({ code: 'kek_disabled', message: expect.stringContaining('no such key') });
  expect(await set('nobody', 'acme')).toBe('field_invalid');
  expect(await set('customers', '')).toBe('field_invalid');
  expect(await set('customers', 'x'.repeat(257))).toBe('field_invalid');
  for (const key of ['missing', '../sys/seal', 'http://10.0.0.1/', 'acme/../other']) expect(await set('customers', key)).toBe('kek_disabled');
  vault.fault = 'slow';
  expect(await set('customers', 'acme')).toBe('unavailable');
  vault.fault = 'sealed';
  expect(await set('customers', 'acme')).toBe('unavailable');
  vault.fault = 'swaps';
  expect(await set('customers', 'acme')).toBe('unavailable');
  vault.fault = 'none';
  expect(await codeOf(account().SetAccountKek({ accountId: randomBytes(16), ...chosen }))).toBe('dek_unknown');
  expect(await wrappedOf(accountId)).toEqual(before);
  const { rows } = await admin.query('SELECT 1 FROM keystore.account_kek WHERE account_id = $1', [accountId.toString('hex')]);
  expect(rows).toEqual([]);
});

test("a provider that is away is unavailable, one that answers another's secret refuses, and neither is logged with what was sent", async () => {
  const accountId = await someAccount(account());
  const context = someContext();
  await account().SetAccountKek({ accountId, ...chosen });
  const record = await sealOne(seals(), accountId, context, 'text');
  await service.restart();
  vault.fault = 'sealed';
  expect(await codeOf(openOne(seals(), accountId, context, record))).toBe('unavailable');
  vault.fault = 'none';
  await admin.query("UPDATE keystore.dek SET wrapped = set_byte(wrapped, length(wrapped) - 3, get_byte(wrapped, length(wrapped) - 3) # 1) WHERE account_id = $1", [accountId.toString('hex')]);
  expect(['record_refused', 'kek_disabled']).toContain(await codeOf(openOne(seals(), accountId, context, record)));
  const log = await service.log();
  expect(log).not.toContain(vault.token);
  expect(log).not.toContain(accountId.toString('hex'));
});

test('shredding forgets the choice as well', async () => {
  const accountId = await someAccount(account());
  await account().SetAccountKek({ accountId, ...chosen });
  await account().ShredAccount({ accountId });
  const { rows } = await admin.query('SELECT 1 FROM keystore.account_kek WHERE account_id = $1', [accountId.toString('hex')]);
  expect(rows).toEqual([]);
  expect(await account().CreateDek({ accountId })).toMatchObject({ kekId: 'main' });
});

test('providers.yaml is followed; what is not valid keeps what was read before and raises the metric', async () => {
  const metric = async () => /^tacet_key_service_providers_usable (\d)/m.exec(await (await fetch(`${service.process.metricsUrl}/metrics`)).text())?.[1];
  expect(await metric()).toBe('1');
  await writeProviders('providers: [{ name: customers, kind: vault-transit, address: "http://10.1.2.3:8200", tokenFile: x }]');
  await eventually('the file is refused', async () => (await metric()) === '0');
  await account().VerifyProvider(chosen);
  await writeProviders('providers: []\n');
  await eventually('the file is taken', async () => (await codeOf(account().VerifyProvider(chosen))) === 'field_invalid');
  expect(await metric()).toBe('1');
  await writeProviders(providersText());
  await eventually('the provider is back', async () => (await codeOf(account().VerifyProvider(chosen))) !== 'field_invalid');
});

test("the deployment's own key can be at a provider, and everything moves there with the next rewrapping", async () => {
  const accountId = await someAccount(account());
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text');
  const ephemeral = await sealOne(seals(), accountId, context, 'for a day', Date.now() + 3_600_000);
  await writeProviders(`default: { provider: operators, key: tacet }\n${providersText()}`);
  await service.restart();
  expect(await account().CreateDek({ accountId: randomBytes(16) })).toMatchObject({ kekId: 'operators/tacet', kekVersion: 1 });
  let last: unknown;
  for await (const progress of operator().RewrapAll({})) last = progress;
  expect(last).toMatchObject({ finished: true });
  expect((await operator().DescribeKeys({ accountId })).keks).toMatchObject([{ provider: 'vault-transit', kekId: 'operators/tacet', deks: '1' }]);
  expect(await operator().RotateKek({})).toMatchObject({ provider: 'vault-transit', kekId: 'operators/tacet', kekVersion: 2 });
  for await (const _ of operator().RewrapAll({}));
  await service.restart();
  expect(await openOne(seals(), accountId, context, record)).toBe('text');
  expect(await openOne(seals(), accountId, context, ephemeral)).toBe('for a day');
  // Nothing of the folder is needed any more.
  const { rows } = await admin.query("SELECT count(*)::int AS left FROM keystore.dek WHERE provider = 'local'");
  expect(rows).toEqual([{ left: 0 }]);
});
