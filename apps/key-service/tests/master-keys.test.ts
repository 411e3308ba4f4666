import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import pg from 'pg';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext } from './records.ts';

let service: KeyServiceUnderTest;
let admin: pg.Client;

async function start(variables: Record<string, string> = {}): Promise<void> {
  service = await startKeyService(variables);
  admin = new pg.Client({ connectionString: service.database.adminUrl });
  await admin.connect();
}
beforeEach(() => start({ TACET_KEYSTORE_BACKUP_DAYS: '0' }), 60_000);
afterEach(async () => {
  await admin.end();
  await service.stop();
}, 60_000);

const account = () => service.keys('account');
const operator = () => service.keys('operator');
const seals = () => service.seals('account');
const dayMs = 86_400_000;

async function rewrapAll(): Promise<{ done: number; total: number; skipped: number; finished: boolean }[]> {
  const progress = [];
  for await (const { done, total, skipped, finished } of operator().RewrapAll({})) progress.push({ done: Number(done), total: Number(total), skipped: Number(skipped), finished });
  return progress;
}

async function wrappedRows(): Promise<string[]> {
  const { rows } = await admin.query<{ wrapped: Buffer }>('SELECT wrapped FROM keystore.dek ORDER BY account_id, dek_version');
  return rows.map(({ wrapped }) => wrapped.toString('hex'));
}

async function statesOf(): Promise<Record<number, string>> {
  const { keks } = await operator().DescribeKeys({});
  return Object.fromEntries(keks.map(({ kekVersion, state, deks }) => [kekVersion, `${state} ${deks}`]));
}

test('the first start makes version 1: 32 bytes that nobody else may read', async () => {
  expect(await readdir(service.kekFolder)).toEqual(['main.1.key']);
  const file = join(service.kekFolder, 'main.1.key');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file)).toHaveLength(32);
  expect((await operator().DescribeKeys({})).keks).toEqual([{ provider: 'local', kekId: 'main', kekVersion: 1, state: 'active', deks: '0', rewrappedAtMs: '0', createdAtMs: expect.any(String), isDefault: true, health: 'usable' }]);
});

test('rotate, rewrap, destroy: every wrapped DEK changes, no record does, and everything stays readable', async () => {
  const accounts = await Promise.all(Array.from({ length: 50 }, () => someAccount(account())));
  const context = someContext();
  const records = await Promise.all(accounts.map((accountId) => sealOne(seals(), accountId, context, 'text')));
  const ephemeral = await sealOne(seals(), accounts[0]!, context, 'gone in a day', Date.now() + dayMs - 1_000);
  const before = await wrappedRows();
  expect(await operator().RotateKek({})).toMatchObject({ provider: 'local', kekId: 'main', kekVersion: 2, state: 'active' });
  expect(await statesOf()).toEqual({ 1: 'retired 50', 2: 'active 0' });
  expect((await account().CreateDek({ accountId: randomBytes(16) })).kekVersion).toBe(2);
  const progress = await rewrapAll();
  expect(progress.at(0)).toEqual({ done: 0, total: 51, skipped: 0, finished: false });
  expect(progress.at(-1)).toEqual({ done: 51, total: 51, skipped: 0, finished: true });
  const after = await wrappedRows();
  expect(after.filter((wrapped) => before.includes(wrapped))).toEqual([]);
  expect(await operator().DestroyKekVersion({ kekId: 'main', kekVersion: 1 })).toMatchObject({ state: 'destroyed', deks: '0' });
  expect(await readdir(service.kekFolder)).toEqual(['main.2.key']);
  expect(await statesOf()).toEqual({ 1: 'destroyed 0', 2: 'active 51' });
  await service.restart();
  for (const [i, accountId] of accounts.entries()) expect(await openOne(seals(), accountId, context, records[i]!)).toBe('text');
  expect(await openOne(seals(), accounts[0]!, context, ephemeral)).toBe('gone in a day');
  expect(await operator().DestroyKekVersion({ kekId: 'main', kekVersion: 1 })).toMatchObject({ state: 'destroyed' });
});

test('sealing and opening go on, without one failure, while the key is rotated, all is rewrapped and the old key destroyed', async () => {
  const replica = await service.startReplica();
  try {
    const accounts = await Promise.all(Array.from({ length: 100 }, () => someAccount(account())));
    const context = someContext();
    const run = { goesOn: true };
    let calls = 0;
    const traffic = async (from: number) => {
      for (let i = from; run.goesOn; i++) {
        const accountId = accounts[i % accounts.length]!;
        const [one, other] = i % 2 === 0 ? [service, replica] : [replica, service];
        const expiresAtMs = i % 5 === 0 ? Date.now() + (1 + (i % 280)) * 300_000 : 0;
        const record = await sealOne(one.seals('account'), accountId, context, `text ${i}`, expiresAtMs);
        expect(await openOne(other.seals('account'), accountId, context, record)).toBe(`text ${i}`);
        if (i % 7 === 0) await account().CreateDek({ accountId: randomBytes(16) });
        calls++;
      }
    };
    const running = [traffic(0), traffic(1), traffic(50)];
    for (let version = 1; version <= 4; version++) {
      await operator().RotateKek({});
      await rewrapAll();
      await operator().DestroyKekVersion({ kekId: 'main', kekVersion: version });
    }
    run.goesOn = false;
    await Promise.all(running);
    expect(calls).toBeGreaterThan(20);
    expect(await readdir(service.kekFolder)).toEqual(['main.5.key']);
  } finally {
    await replica.stop();
  }
}, 60_000);

test('RewrapDek moves the DEKs of one account', async () => {
  const [accountId, other] = [await someAccount(account()), await someAccount(account())];
  await account().RotateDek({ accountId });
  await operator().RotateKek({});
  const { deks } = await operator().RewrapDek({ accountId });
  expect(deks.map(({ dekVersion, kekVersion }) => [dekVersion, kekVersion])).toEqual([[1, 2], [2, 2]]);
  expect(await statesOf()).toEqual({ 1: 'retired 1', 2: 'active 2' });
  expect((await account().CreateDek({ accountId: other })).kekVersion).toBe(1);
});

test('a version is not destroyed while it wraps, while a DEK or an epoch needs it, or when there is none', async () => {
  const destroy = (kekVersion: number, force = false, kekId = 'main') => operator().DestroyKekVersion({ kekId, kekVersion, force });
  await expect(destroy(1)).rejects.toMatchObject({ code: 'conflict' });
  await expect(destroy(1, true)).rejects.toMatchObject({ code: 'conflict' });
  await expect(destroy(9)).rejects.toMatchObject({ code: 'not_found' });
  await expect(destroy(1, false, '../../etc')).rejects.toMatchObject({ code: 'not_found' });
  const accountId = await someAccount(account());
  await sealOne(seals(), accountId, someContext(), 'x', Date.now() + 3_600_000);
  await operator().RotateKek({});
  await expect(destroy(1)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('1 DEKs') });
  await operator().RewrapDek({ accountId });
  await expect(destroy(1)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('1 epoch secrets') });
  await rewrapAll();
  expect(await destroy(1)).toMatchObject({ state: 'destroyed' });
  await expect(destroy(2)).rejects.toMatchObject({ code: 'conflict' });
});

test('a version is kept until the backups that need it have ended, by the clock, unless it is forced', async () => {
  await service.restart({ TACET_KEYSTORE_BACKUP_DAYS: '7' });
  await someAccount(account());
  await operator().RotateKek({});
  await rewrapAll();
  const destroy = (force = false) => operator().DestroyKekVersion({ kekId: 'main', kekVersion: 1, force });
  await expect(destroy()).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/until \d{4}-/) });
  await service.clock.set(7 * dayMs - 60_000);
  await eventually('the clock has moved', () => destroy().then(() => true, (error: { message: string }) => error.message.includes('until')));
  await service.clock.set(7 * dayMs + 60_000);
  expect(await eventually('a week has passed', () => destroy().catch(() => undefined))).toMatchObject({ state: 'destroyed', deks: '0' });
  await operator().RotateKek({});
  expect(await operator().DestroyKekVersion({ kekId: 'main', kekVersion: 2, force: true })).toMatchObject({ state: 'destroyed', deks: '1' });
});

test('a key whose file is missing is kek_disabled within the cache lifetime, without fallback, and works again when it is back', async () => {
  const accountId = await someAccount(account());
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text');
  const file = join(service.kekFolder, 'main.1.key');
  await rename(file, `${service.folder}/away`);
  const code = () => openOne(seals(), accountId, context, record).then((text) => text, (error: { code?: string }) => error.code);
  await eventually('the key is disabled', async () => (await code()) === 'kek_disabled');
  await expect(sealOne(seals(), accountId, context, 'x')).rejects.toMatchObject({ code: 'kek_disabled' });
  await expect(account().CreateDek({ accountId: randomBytes(16) })).rejects.toMatchObject({ code: 'kek_disabled' });
  await expect(sealOne(seals(), accountId, context, 'x', Date.now() + 3_600_000)).rejects.toMatchObject({ code: 'kek_disabled' });
  expect(readdirSync(service.kekFolder)).toEqual([]);
  const metrics = await (await fetch(`${service.process.metricsUrl}/metrics`)).text();
  expect(metrics).toContain('tacet_key_service_kek_usable 0');
  // Started without it, the process runs, makes no new key, and serves what does not need it.
  await service.restart();
  expect(readdirSync(service.kekFolder)).toEqual([]);
  expect(await code()).toBe('kek_disabled');
  expect((await operator().DescribeKeys({})).keks).toHaveLength(1);
  await rename(`${service.folder}/away`, file);
  expect(await code()).toBe('text');
});

test('a lost key that was given up is waited for no longer: its records are refused, what came later opens beside them', async () => {
  const accountId = await someAccount(account());
  const [lostPlace, freshPlace] = [someContext(), someContext()];
  const lost = await sealOne(seals(), accountId, lostPlace, 'lost');
  const file = join(service.kekFolder, 'main.1.key');
  await rename(file, `${service.folder}/away`);
  await operator().RotateKek({});
  expect((await rewrapAll()).at(-1)).toMatchObject({ done: 1, skipped: 1, finished: true });
  expect(await operator().DestroyKekVersion({ kekId: 'main', kekVersion: 1, force: true })).toMatchObject({ state: 'destroyed', deks: '1' });
  const batch = (records: { context: typeof lostPlace; record: Buffer }[]) => seals().Open({ accountId, records });
  expect((await batch([{ context: lostPlace, record: lost }])).records).toEqual([expect.objectContaining({ refused: true })]);
  // Nothing is sealed under an older DEK in its place.
  await expect(sealOne(seals(), accountId, freshPlace, 'x')).rejects.toMatchObject({ code: 'kek_disabled' });
  await operator().RotateDek({ accountId });
  const fresh = await sealOne(seals(), accountId, freshPlace, 'fresh');
  const { records } = await batch([{ context: lostPlace, record: lost }, { context: freshPlace, record: fresh }]);
  expect([records[0]?.refused, records[1]?.plaintext?.toString()]).toEqual([true, 'fresh']);
  // A schedule that rotates does not stumble over it for ever.
  await operator().RotateKek({});
  expect((await rewrapAll()).at(-1)).toMatchObject({ done: 2, skipped: 0, finished: true });
  // Found after all.
  await rename(`${service.folder}/away`, file);
  expect(await openOne(seals(), accountId, lostPlace, lost)).toBe('lost');
});

test('DescribeKeys tells which versions can be used, and asks for an account what wraps its DEKs', async () => {
  const accountId = await someAccount(account());
  await operator().RotateKek({});
  const healths = async (of: Buffer = Buffer.alloc(0)) => (await operator().DescribeKeys({ accountId: of })).keks.map(({ kekVersion, health }) => `${kekVersion} ${health}`);
  expect(await healths()).toEqual(['1 usable', '2 usable']);
  await rename(join(service.kekFolder, 'main.1.key'), `${service.folder}/away`);
  expect(await healths()).toEqual(['1 disabled', '2 usable']);
  expect(await healths(accountId)).toEqual(['1 disabled']);
  await rename(`${service.folder}/away`, join(service.kekFolder, 'main.1.key'));
  await chmod(join(service.kekFolder, 'main.2.key'), 0o644);
  expect(await healths()).toEqual(['1 usable', '2 disabled']);
  await chmod(join(service.kekFolder, 'main.2.key'), 0o600);
  await rewrapAll();
  await operator().DestroyKekVersion({ kekId: 'main', kekVersion: 1, force: true });
  expect(await healths()).toEqual(['1 ', '2 usable']);
});

test('another key under the same name opens nothing', async () => {
  const accountId = await someAccount(account());
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text');
  const file = join(service.kekFolder, 'main.1.key');
  const own = readFileSync(file);
  await rm(file);
  await writeFile(file, randomBytes(32), { mode: 0o600 });
  const code = () => openOne(seals(), accountId, context, record).then((text) => text, (error: { code?: string }) => error.code);
  await eventually('the cache is empty', async () => (await code()) === 'record_refused');
  await rm(file);
  await writeFile(file, own, { mode: 0o600 });
  expect(await code()).toBe('text');
});

test('a key that others may read, or that has not 32 bytes, is refused at start, by name', async () => {
  await service.process.stop();
  const file = join(service.kekFolder, 'main.1.key');
  await chmod(file, 0o644);
  await service.process.restart();
  expect((await service.process.ended).code).toBe(1);
  await chmod(file, 0o600);
  await writeFile(file, randomBytes(31));
  await service.process.restart();
  expect((await service.process.ended).code).toBe(1);
});

test('an operator can put the next version into the folder; a restart takes it in', async () => {
  const accountId = await someAccount(account());
  await writeFile(join(service.kekFolder, 'main.2.key'), randomBytes(32), { mode: 0o600 });
  await service.restart();
  expect(await statesOf()).toEqual({ 1: 'retired 1', 2: 'active 0' });
  expect((await rewrapAll()).at(-1)).toMatchObject({ done: 1, finished: true });
  expect(await statesOf()).toEqual({ 1: 'retired 0', 2: 'active 1' });
  expect(await account().CreateDek({ accountId })).toMatchObject({ kekVersion: 2 });
});

test('what does not unwrap is skipped and counted, and keeps its key from being destroyed', async () => {
  const accounts = await Promise.all(Array.from({ length: 3 }, () => someAccount(account())));
  const broken = accounts[1]!.toString('hex');
  await admin.query("UPDATE keystore.dek SET wrapped = set_byte(wrapped, length(wrapped) - 1, get_byte(wrapped, length(wrapped) - 1) # 1) WHERE account_id = $1", [broken]);
  await operator().RotateKek({});
  expect((await rewrapAll()).at(-1)).toEqual({ done: 3, total: 3, skipped: 1, finished: true });
  expect(await statesOf()).toEqual({ 1: 'retired 1', 2: 'active 2' });
  await expect(operator().DestroyKekVersion({ kekId: 'main', kekVersion: 1 })).rejects.toMatchObject({ code: 'conflict' });
  await eventually('it is in the log', async () => (await service.log()).includes('rewrap_skipped'));
});

test('without the key to wrap under, RewrapAll stops with kek_disabled and can be called again', async () => {
  await someAccount(account());
  await operator().RotateKek({});
  await rename(join(service.kekFolder, 'main.2.key'), `${service.folder}/away`);
  await expect(rewrapAll()).rejects.toMatchObject({ code: 'kek_disabled' });
  await rename(`${service.folder}/away`, join(service.kekFolder, 'main.2.key'));
  expect((await rewrapAll()).at(-1)).toMatchObject({ done: 1, finished: true });
});
