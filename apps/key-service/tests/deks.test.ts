import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import pg from 'pg';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext, textOf } from './records.ts';

let service: KeyServiceUnderTest;
let admin: pg.Client;
beforeAll(async () => {
  service = await startKeyService();
  admin = new pg.Client({ connectionString: service.database.adminUrl });
  await admin.connect();
}, 60_000);
afterAll(async () => {
  await admin.end();
  await service.stop();
});

const keys = () => service.keys('account');
const seals = () => service.seals('account');

async function rowsOf(accountId: Buffer): Promise<{ dek_version: string; wrapped: Buffer }[]> {
  return (await admin.query<{ dek_version: string; wrapped: Buffer }>('SELECT dek_version, wrapped FROM keystore.dek WHERE account_id = $1 ORDER BY dek_version', [accountId.toString('hex')])).rows;
}

test('CreateDek makes one DEK, however often and from however many replicas it is called', async () => {
  const replica = await service.startReplica();
  try {
    const accountId = randomBytes(16);
    const calls = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? keys() : replica.keys('account')).CreateDek({ accountId }));
    const expected = { accountId, dekVersion: 1, kekId: 'main', kekVersion: 1 };
    for (const info of await Promise.all(calls)) expect(info).toEqual(expected);
    expect(await rowsOf(accountId)).toHaveLength(1);
    expect(await keys().CreateDek({ accountId })).toEqual(expected);
  } finally {
    await replica.stop();
  }
});

test('a rotated DEK seals new records, and records of all versions stay readable in one call', async () => {
  const accountId = await someAccount(keys());
  const contexts = [someContext(), someContext(), someContext()];
  const records: Buffer[] = [];
  for (const [i, context] of contexts.entries()) {
    if (i > 0) expect(await keys().RotateDek({ accountId })).toMatchObject({ dekVersion: i + 1 });
    records.push(await sealOne(seals(), accountId, context, `version ${i + 1}`));
  }
  expect(records.map((record) => record.readUInt32BE(4))).toEqual([1, 2, 3]);
  const opened = await seals().Open({ accountId, records: contexts.map((context, i) => ({ context, record: records[i]! })) });
  expect(opened.records.map(textOf)).toEqual(['version 1', 'version 2', 'version 3']);
  expect(await keys().CreateDek({ accountId })).toMatchObject({ dekVersion: 3 });
});

test('rotations at the same time make as many versions as there were calls', async () => {
  const accountId = await someAccount(keys());
  const infos = await Promise.all(Array.from({ length: 8 }, () => keys().RotateDek({ accountId })));
  expect(infos.map(({ dekVersion }) => dekVersion).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});

test('another replica reads what was sealed under a version that it has not seen yet', async () => {
  const replica = await service.startReplica({ TACET_KEY_SERVICE_DEK_CACHE_MS: '300000' });
  try {
    const accountId = await someAccount(keys());
    const [before, after] = [someContext(), someContext()];
    const old = await sealOne(replica.seals('account'), accountId, before, 'old');
    await keys().RotateDek({ accountId });
    const record = await sealOne(seals(), accountId, after, 'new');
    expect(record.readUInt32BE(4)).toBe(2);
    expect(await openOne(replica.seals('account'), accountId, after, record)).toBe('new');
    // It still seals under the version that it holds, which all can read.
    expect((await sealOne(replica.seals('account'), accountId, before, 'old')).readUInt32BE(4)).toBe(1);
    expect(await openOne(seals(), accountId, before, old)).toBe('old');
  } finally {
    await replica.stop();
  }
});

test('an account without a DEK is dek_unknown to every rpc that needs one', async () => {
  const accountId = randomBytes(16);
  await expect(keys().RotateDek({ accountId })).rejects.toMatchObject({ code: 'dek_unknown' });
  await expect(service.keys('operator').RewrapDek({ accountId })).rejects.toMatchObject({ code: 'dek_unknown' });
});

test('every rpc that names an account refuses what is none', async () => {
  const operator = service.keys('operator');
  for (const accountId of [Buffer.alloc(0), Buffer.alloc(15, 1), Buffer.alloc(16), Buffer.alloc(32, 1)]) {
    const expected = { code: 'field_invalid', param: 'account_id' };
    await expect(keys().CreateDek({ accountId })).rejects.toMatchObject(expected);
    await expect(keys().RotateDek({ accountId })).rejects.toMatchObject(expected);
    await expect(keys().ShredAccount({ accountId })).rejects.toMatchObject(expected);
    await expect(operator.RewrapDek({ accountId })).rejects.toMatchObject(expected);
  }
});

test('a shredded account opens nothing at once here, and after the cache lifetime elsewhere', async () => {
  const replica = await service.startReplica();
  try {
    const accountId = await someAccount(keys());
    await keys().RotateDek({ accountId });
    const context = someContext();
    const record = await sealOne(seals(), accountId, context, 'text');
    expect(await openOne(replica.seals('account'), accountId, context, record)).toBe('text');
    const before = Date.now();
    const answer = await keys().ShredAccount({ accountId });
    expect(answer.deks).toBe(2);
    expect(Number(answer.unreadableAfterMs) - before).toBeGreaterThanOrEqual(1_000);
    expect(Number(answer.backupsEndMs) - before).toBeGreaterThanOrEqual(7 * 86_400_000);
    expect(await rowsOf(accountId)).toEqual([]);
    await expect(seals().Open({ accountId, records: [{ context, record }] })).rejects.toMatchObject({ code: 'dek_unknown' });
    await eventually('the other replica has let go of it', async () => {
      const after = Date.now();
      const refused = await replica.seals('account').Open({ accountId, records: [{ context, record }] }).then(() => false, (error: { code?: string }) => error.code === 'dek_unknown');
      if (!refused && after > Number(answer.unreadableAfterMs)) throw new Error('it opens beyond the promised time');
      return refused;
    });
    expect(await keys().ShredAccount({ accountId })).toMatchObject({ deks: 0 });
  } finally {
    await replica.stop();
  }
});

test('shredding one account leaves the others as they are, while they are read and written', async () => {
  const survivors = await Promise.all(Array.from({ length: 200 }, () => someAccount(keys())));
  const context = someContext();
  const records = await Promise.all(survivors.map((accountId) => sealOne(seals(), accountId, context, 'stays')));
  const victims = await Promise.all(Array.from({ length: 100 }, () => someAccount(keys())));
  const shredding = { goesOn: true };
  const reader = async (from: number) => {
    for (let i = from; shredding.goesOn; i = (i + 1) % survivors.length) {
      expect(await openOne(seals(), survivors[i]!, context, records[i]!)).toBe('stays');
      if (i % 20 === 0) await keys().RotateDek({ accountId: survivors[i]! });
    }
  };
  const readers = [reader(0), reader(100)];
  for (const accountId of victims) await keys().ShredAccount({ accountId });
  shredding.goesOn = false;
  await Promise.all(readers);
  const { rows } = await admin.query<{ accounts: string }>('SELECT count(DISTINCT account_id) AS accounts FROM keystore.dek WHERE account_id = ANY ($1)', [survivors.map((id) => id.toString('hex'))]);
  expect(rows[0]?.accounts).toBe('200');
});

test('while a backup reads the keys, shredding destroys them at once and says that their remains are not erased yet', async () => {
  const accountId = await someAccount(keys());
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text');
  await admin.query('BEGIN; LOCK TABLE keystore.dek IN ACCESS SHARE MODE');
  await expect(keys().ShredAccount({ accountId })).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 5_000 });
  await expect(seals().Open({ accountId, records: [{ context, record }] })).rejects.toMatchObject({ code: 'dek_unknown' });
  await admin.query('COMMIT');
  expect(await keys().ShredAccount({ accountId })).toMatchObject({ deks: 0 });
}, 30_000);

test('a swapped or changed row of the keystore gives no key away and is no hint', async () => {
  const [accountId, other] = [await someAccount(keys()), await someAccount(keys())];
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, 'text');
  const [own] = await rowsOf(accountId);
  const [foreign] = await rowsOf(other);
  const fresh = await service.startReplica();
  try {
    await admin.query('UPDATE keystore.dek SET wrapped = $2 WHERE account_id = $1', [accountId.toString('hex'), foreign!.wrapped]);
    await expect(fresh.seals('account').Open({ accountId, records: [{ context, record }] })).rejects.toMatchObject({ code: 'record_refused' });
    await admin.query('UPDATE keystore.dek SET wrapped = $2 WHERE account_id = $1', [accountId.toString('hex'), own!.wrapped]);
    expect(await openOne(fresh.seals('account'), accountId, context, record)).toBe('text');
    expect(await fresh.log()).not.toContain(accountId.toString('hex'));
  } finally {
    await fresh.stop();
  }
});

test("the role of key-service can do its work and nothing else", async () => {
  const role = new pg.Client({ connectionString: service.database.urlOf('tacet_key_service') });
  await role.connect();
  const denied = { code: '42501' };
  try {
    for (const statement of [
      'TRUNCATE keystore.dek',
      'UPDATE keystore.dek SET account_id = account_id',
      'DELETE FROM keystore.kek',
      'UPDATE keystore.kek SET version = version',
      'CREATE TABLE keystore.t ()',
      'CREATE TABLE public.t ()',
      'CREATE TEMP TABLE t ()',
      'ALTER TABLE keystore.dek DISABLE TRIGGER ALL',
      'SELECT * FROM tacet_migration.migration',
      'SELECT * FROM pg_authid',
    ]) {
      await expect(role.query(statement)).rejects.toMatchObject(denied);
    }
  } finally {
    await role.end();
  }
});
