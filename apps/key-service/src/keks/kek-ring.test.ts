import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openPool, type Pool } from '@tacet/database';
import { createNonceSource } from '@tacet/sealed-record';
import { createTestDatabase, eventually, type TestDatabase } from '@tacet/testing';
import pg from 'pg';
import { openLocalProvider } from '../providers/local-provider.ts';
import { onlyProvider } from '../../tests/only-provider.ts';
import { KekRing } from './kek-ring.ts';
import { listKeks } from './kek-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-kek-ring-'));
const keks = join(folder, 'keks');
let database: TestDatabase;
let pool: Pool;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase('keystore');
  pool = await openPool({ url: database.urlOf('tacet_key_service'), applicationName: 'test', connectionsMax: 10 });
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
}, 60_000);

beforeEach(async () => {
  await admin.query('TRUNCATE keystore.kek');
  await rm(keks, { recursive: true, force: true });
});

afterAll(async () => {
  await admin.end();
  await pool.end();
  await database.stop();
  await rm(folder, { recursive: true });
});

async function createRing(): Promise<KekRing> {
  return new KekRing(pool, onlyProvider(await openLocalProvider('TACET_X', keks, createNonceSource())), () => Date.now());
}

const states = async () => (await listKeks(pool)).map(({ kekId, version, state }) => `${kekId}.${version} ${state}`);

async function addFile(name: string): Promise<void> {
  await mkdir(keks, { recursive: true, mode: 0o700 });
  await writeFile(join(keks, name), randomBytes(32), { mode: 0o600 });
}

test('many first starts at once make one key', async () => {
  const rings = await Promise.all(Array.from({ length: 8 }, createRing));
  await Promise.all(rings.map((ring) => ring.open()));
  expect(readdirSync(keks)).toEqual(['main.1.key']);
  expect(await states()).toEqual(['main.1 active']);
});

test('a later start changes nothing', async () => {
  const ring = await createRing();
  await ring.open();
  await ring.rotate();
  await (await createRing()).open();
  expect(await states()).toEqual(['main.1 retired', 'main.2 active']);
  expect(readdirSync(keks)).toEqual(['main.1.key', 'main.2.key']);
});

test('keys that are not there any more are not made anew', async () => {
  const ring = await createRing();
  await ring.open();
  await rename(join(keks, 'main.1.key'), join(folder, 'away'));
  await (await createRing()).open();
  expect(readdirSync(keks)).toEqual([]);
  expect(await states()).toEqual(['main.1 active']);
  expect(await ring.describeActive()).toMatchObject({ kek: { kekId: 'main', version: 1 }, isUsable: false });
});

test('versions in the folder that the keystore does not know are taken in: the newest wraps, older ones unwrap', async () => {
  for (const version of [3, 4, 6]) await addFile(`main.${version}.key`);
  await addFile('other.1.key');
  const ring = await createRing();
  await ring.open();
  expect(await states()).toEqual(['main.3 retired', 'main.4 retired', 'main.6 active', 'other.1 active']);
  await addFile('main.5.key');
  await addFile('main.7.key');
  await ring.open();
  expect(await states()).toEqual(['main.3 retired', 'main.4 retired', 'main.5 retired', 'main.6 retired', 'main.7 active', 'other.1 active']);
  expect(await ring.rotate()).toEqual({ kekId: 'main', version: 8 });
});

test('without any version of the default key nothing starts', async () => {
  await addFile('other.1.key');
  await expect((await createRing()).open()).rejects.toThrow('no version of the master key "main"');
  expect(await states()).toEqual([]);
});

test('a rotation waits for what is being wrapped, and what comes after it waits for the rotation', async () => {
  const ring = await createRing();
  await ring.open();
  const order: string[] = [];
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let isHeld = false;
  const before = ring.withActive(async ({ version }) => {
    isHeld = true;
    await held;
    order.push(`wrapped under ${version}`);
  });
  await eventually('it wraps', () => isHeld);
  const rotation = ring.rotate().then(({ version }) => order.push(`rotated to ${version}`));
  const waiting = async () => (await admin.query<{ n: string }>("SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).rows[0]?.n;
  await eventually('the rotation waits', async () => (await waiting()) === '1');
  const after = ring.withActive(async ({ version }) => void order.push(`wrapped under ${version}`));
  await eventually('so does the next', async () => (await waiting()) === '2');
  expect(order).toEqual([]);
  letGo();
  await Promise.all([before, rotation, after]);
  expect(order[0]).toBe('wrapped under 1');
  expect(order.slice(1).sort()).toEqual(['rotated to 2', 'wrapped under 2']);
});

test('a rotation that was killed between key and row is completed by the next start', async () => {
  const ring = await createRing();
  await ring.open();
  await ring.provider.rotate('main', 1);
  expect(await states()).toEqual(['main.1 active']);
  await (await createRing()).open();
  expect(await states()).toEqual(['main.1 retired', 'main.2 active']);
});
