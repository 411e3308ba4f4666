/**
 * Goal: a destroyed key leaves nothing in the keystore's data folder, neither the row that was deleted nor those that
 * rewrapping replaced.
 * Method: a PostgreSQL of its own, whose files are searched for the bytes of the wrapped keys; before, they are found.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bootstrapInstance, migrate } from '@tacet/database';
import { freePort, startPostgres, type PostgresServer } from '@tacet/servers';
import pg from 'pg';

const folder = mkdtempSync(join(tmpdir(), 'tacet-erased-'));
let server: PostgresServer;
let admin: pg.Client;
let role: pg.Client;

beforeAll(async () => {
  server = await startPostgres({ name: 'keystore', dataFolder: join(folder, 'data'), port: await freePort(), superuserPassword: 'root', logFile: join(folder, 'log'), durable: false });
  await bootstrapInstance(server.adminUrl(), 'keystore', 'tacet', { tacet_keystore_owner: 'owner-1', tacet_key_service: 'key-1' });
  await migrate(`postgres://tacet_keystore_owner:owner-1@127.0.0.1:${server.port}/tacet`, 'keystore');
  admin = new pg.Client({ connectionString: server.adminUrl('tacet') });
  role = new pg.Client({ connectionString: `postgres://tacet_key_service:key-1@127.0.0.1:${server.port}/tacet` });
  await Promise.all([admin.connect(), role.connect()]);
}, 60_000);

afterAll(async () => {
  await admin.end();
  await role.end();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** Files of tables (not the WAL, which README.md speaks of) that hold the bytes. */
async function filesWith(bytes: Buffer): Promise<string[]> {
  await admin.query('CHECKPOINT');
  const base = join(server.dataFolder, 'base');
  const files = readdirSync(base, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name)).filter((file) => readFileSync(file).includes(bytes));
}

const wrappedOf = () => Buffer.concat([Buffer.of(0xd1), randomBytes(140)]);

async function insert(accountId: Buffer, wrapped: Buffer): Promise<void> {
  await role.query("INSERT INTO keystore.dek VALUES ($1, 1, $2, 'local', 'main', 1, now())", [accountId.toString('hex'), wrapped]);
}

test('DELETE alone leaves the bytes, and even VACUUM does; erase_remains leaves none, and all other keys', async () => {
  const others = Array.from({ length: 2_000 }, () => [randomBytes(16), wrappedOf()] as const);
  for (const [accountId, wrapped] of others.slice(0, 1_000)) await insert(accountId, wrapped);
  const [accountId, first, second] = [randomBytes(16), wrappedOf(), wrappedOf()];
  await insert(accountId, first);
  for (const [other, wrapped] of others.slice(1_000)) await insert(other, wrapped);
  await role.query('UPDATE keystore.dek SET wrapped = $2, kek_version = 2 WHERE account_id = $1', [accountId.toString('hex'), second]);
  expect(await filesWith(first)).not.toEqual([]);
  await role.query('DELETE FROM keystore.dek WHERE account_id = $1', [accountId.toString('hex')]);
  await admin.query('VACUUM keystore.dek');
  // Why erase_remains is needed at all: should PostgreSQL ever clear what it frees, this says so.
  expect(await filesWith(second)).not.toEqual([]);
  await role.query('SELECT keystore.erase_remains($1)', [accountId.toString('hex')]);
  expect(await filesWith(first)).toEqual([]);
  expect(await filesWith(second)).toEqual([]);
  const { rows } = await admin.query<{ account_id: string; wrapped: Buffer }>('SELECT account_id, wrapped FROM keystore.dek');
  const found = new Map(rows.map(({ account_id, wrapped }) => [account_id.replaceAll('-', ''), wrapped.toString('hex')]));
  expect(found).toEqual(new Map(others.map(([id, wrapped]) => [id.toString('hex'), wrapped.toString('hex')])));
});

test('while a backup reads the partition, erasing waits no longer than it is told', async () => {
  const accountId = randomBytes(16);
  await insert(accountId, wrappedOf());
  const backup = new pg.Client({ connectionString: server.adminUrl('tacet') });
  await backup.connect();
  await backup.query('BEGIN; LOCK TABLE keystore.dek IN ACCESS SHARE MODE');
  await role.query('BEGIN; SET LOCAL lock_timeout = 200');
  await expect(role.query('SELECT keystore.erase_remains($1)', [accountId.toString('hex')])).rejects.toMatchObject({ code: '55P03' });
  await role.query('ROLLBACK');
  await backup.query('COMMIT');
  await backup.end();
  await role.query('SELECT keystore.erase_remains($1)', [accountId.toString('hex')]);
  expect((await role.query('SELECT FROM keystore.dek WHERE account_id = $1', [accountId.toString('hex')])).rowCount).toBe(1);
});
