import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openPool, type Pool } from '@tacet/database';
import { createNonceSource, type WrappedDek } from '@tacet/sealed-record';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';
import { onlyProvider } from '../../tests/only-provider.ts';
import { KekRing } from '../keks/kek-ring.ts';
import type { KeyProvider } from '../providers/key-provider.ts';
import { openLocalProvider, type LocalProvider } from '../providers/local-provider.ts';
import { rewrapSecret } from '../providers/wrapped-secret.ts';
import { AccountDeks } from './account-deks.ts';
import { deleteDeks, listDeks, updateDek } from './dek-table.ts';
import { makeDek } from './make-dek.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-account-deks-'));
const at = { wall: 1_000_000, monotonic: 0 };
const clocks = { wall: () => at.wall, monotonic: () => at.monotonic };
let database: TestDatabase;
let pool: Pool;
let provider: LocalProvider;
let ring: KekRing;
let deks: AccountDeks;
const lookups = { hit: 0, miss: 0 };

beforeAll(async () => {
  database = await createTestDatabase('keystore');
  pool = await openPool({ url: database.urlOf('tacet_key_service'), applicationName: 'test', connectionsMax: 4 });
  provider = await openLocalProvider('TACET_X', folder, createNonceSource());
  ring = new KekRing(pool, onlyProvider(provider), clocks.wall);
  await ring.open();
}, 60_000);

beforeEach(() => {
  Object.assign(lookups, { hit: 0, miss: 0 });
  deks = new AccountDeks({ pool, providers: onlyProvider(provider), cacheMs: 60_000, clocks, onLookup: (result) => lookups[result]++ });
});

afterAll(async () => {
  await pool.end();
  await database.stop();
  await rm(folder, { recursive: true });
});

async function someAccount(versions = 1): Promise<Buffer> {
  const account = randomBytes(16);
  await ring.withActive(async (kek, connection) => {
    for (let version = 1; version <= versions; version++) await makeDek(connection, provider, kek, { accountId: account, version }, clocks.wall());
  });
  return account;
}

test('a DEK is unwrapped once and used until its lifetime is over, by either clock', async () => {
  const account = await someAccount();
  const { key } = await deks.newest(account);
  await deleteDeks(pool, account.toString('hex'));
  expect((await deks.newest(account)).key.equals(key)).toBe(true);
  at.wall += 59_999;
  at.monotonic += 59_999;
  expect((await deks.newest(account)).version).toBe(1);
  at.monotonic += 1;
  await expect(deks.newest(account)).rejects.toMatchObject({ code: 'dek_unknown' });
  expect(lookups).toEqual({ hit: 2, miss: 2 });
});

test('what the newest version was loaded for serves its number as well', async () => {
  const account = await someAccount(3);
  expect((await deks.newest(account)).version).toBe(3);
  expect([...(await deks.versions(account, new Set([3]))).keys()]).toEqual([3]);
  expect([...(await deks.versions(account, new Set([1, 3, 9]))).keys()].sort((a, b) => a - b)).toEqual([1, 3]);
  expect(deks.size).toBe(3);
});

test('what is forgotten while it is being read is given to its caller, and not kept', async () => {
  const account = await someAccount();
  const reading = deks.newest(account);
  deks.forget(account);
  expect((await reading).version).toBe(1);
  expect(deks.size).toBe(0);
});

test('forgetting an account leaves the others', async () => {
  const [first, second] = [await someAccount(2), await someAccount(2)];
  await deks.newest(first);
  await deks.versions(first, new Set([1, 2]));
  await deks.newest(second);
  deks.forget(first);
  expect(deks.size).toBe(2);
  deks.forgetAll();
  expect(deks.size).toBe(0);
});

test('many callers at once cause one reading', async () => {
  const account = await someAccount();
  const found = await Promise.all(Array.from({ length: 50 }, () => deks.newest(account)));
  expect(new Set(found.map(({ key }) => key)).size).toBe(1);
});

test('a DEK that is rewrapped, and whose old KEK version is destroyed, while it is being read is read again', async () => {
  const account = await someAccount();
  let hurry: (() => Promise<void>) | undefined = async () => {
    const { version } = await ring.rotate();
    const [row] = await listDeks(pool, account.toString('hex'));
    const rewrapped = await rewrapSecret(provider, row!.wrapped, { accountId: account, version: 1 }, version);
    await updateDek(pool, { account: account.toString('hex'), version: 1, wrapped: rewrapped, before: row!.kek }, 'local', { kekId: 'main', version });
    await provider.destroyVersion(row!.kek);
  };
  const slow: KeyProvider = Object.assign(Object.create(provider) as KeyProvider, {
    unwrap: async (wrapped: WrappedDek) => {
      const run = hurry;
      hurry = undefined;
      await run?.();
      return provider.unwrap(wrapped);
    },
    name: provider.name,
  });
  const reader = new AccountDeks({ pool, providers: onlyProvider(slow), cacheMs: 60_000, clocks, onLookup: () => undefined });
  expect((await reader.newest(account)).version).toBe(1);
  expect(hurry).toBeUndefined();
});

test('neither a DEK nor the cache of them prints a key', async () => {
  const account = await someAccount();
  const dek = await deks.newest(account);
  const { inspect } = await import('node:util');
  const printed = inspect({ dek, deks }, { depth: 9, showHidden: true }) + JSON.stringify({ dek, deks });
  const bytes = dek.key.export();
  for (const form of [bytes.toString('hex'), bytes.toString('base64'), bytes.subarray(0, 4).join(', ')]) expect(printed).not.toContain(form);
});
