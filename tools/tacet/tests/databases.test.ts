import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bootstrapInstance, loginRoles, openPool, type LoginRole } from '@tacet/database';
import { freePort, startPostgres, type PostgresServer } from '@tacet/servers';
import { documentOf, tacet } from './command-line.ts';

// Goal: what `db bootstrap` and `db migrate` make is what doctor accepts, and what they refuse cannot be made.
// Method: two PostgreSQL servers of this file's own, since roles belong to a whole server.

const folder = mkdtempSync(join(tmpdir(), 'tacet-db-'));
const roles = [...loginRoles.main, ...loginRoles.keystore];
let main: PostgresServer;
let keystore: PostgresServer;

const run = (...line: string[]) => tacet(line, { folder });
const urls = (mainFile: string, keystoreFile: string) => ['--postgres-url-file', mainFile, '--keystore-url-file', keystoreFile];
const bootstrap = (...further: string[]) =>
  run('db', 'bootstrap', '--passwords-dir', 'passwords', ...urls('main-root', 'keystore-root'), ...further);
const migrate = (...further: string[]) => run('db', 'migrate', ...urls('main-owner', 'keystore-owner'), ...further);
const doctor = async () => {
  const result = await run('doctor', '--json', ...urls('main-owner', 'keystore-owner'));
  return (documentOf(result)['checks'] as { name: string; state: string; detail: string; remedy?: string }[]).filter(({ name }) =>
    /database|role|keystore/.test(name),
  );
};

function secret(name: string, text: string): void {
  writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
}

function urlOf(server: PostgresServer, role: LoginRole, password = `${role}-password`): string {
  return `postgres://${role}:${password}@127.0.0.1:${server.port}/tacet`;
}

beforeAll(async () => {
  const start = async (name: string) =>
    startPostgres({
      name,
      dataFolder: join(folder, name),
      port: await freePort(),
      superuserPassword: 'root',
      logFile: join(folder, `${name}.log`),
      durable: false,
      settings: { log_parameter_max_length: '-1' },
    });
  main = await start('main');
  keystore = await start('keystore');
  mkdirSync(join(folder, 'passwords'));
  for (const role of roles) secret(join('passwords', role), `${role}-password`);
  secret('main-root', main.adminUrl());
  secret('keystore-root', keystore.adminUrl());
  secret('main-owner', urlOf(main, 'tacet_owner'));
  secret('keystore-owner', urlOf(keystore, 'tacet_keystore_owner'));
});

afterAll(async () => {
  await Promise.all([main.stop(), keystore.stop()]);
  await rm(folder, { recursive: true });
});

test('one server for both is refused, and nothing is made', async () => {
  const result = await run('db', 'bootstrap', '--passwords-dir', 'passwords', ...urls('main-root', 'main-root'));
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('instance of its own');
  await expect(openPool({ url: urlOf(main, 'tacet_owner'), applicationName: 'test', connectionsMax: 1 })).rejects.toThrow();
});

test('a missing password is told before anything is made', async () => {
  await rm(join(folder, 'passwords', 'tacet_pruner'));
  const result = await bootstrap();
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('lacks the files tacet_pruner');
  secret('passwords/tacet_pruner', 'tacet_pruner-password');
});

test('bootstrap makes both instances, and can be repeated', async () => {
  expect(documentOf(await bootstrap('--json'))).toEqual({
    instances: [
      { instance: 'main', server: `127.0.0.1:${main.port}`, database: 'tacet', roles: [...loginRoles.main] },
      { instance: 'keystore', server: `127.0.0.1:${keystore.port}`, database: 'tacet', roles: [...loginRoles.keystore] },
    ],
  });
  const again = await bootstrap();
  expect(again.code).toBe(0);
  expect(again.stdout + again.stderr).not.toContain('password');
});

test('only the owners migrate', async () => {
  const result = await run('db', 'migrate', ...urls('main-root', 'keystore-owner'));
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('must log in as tacet_owner');
});

test('migrations run once, and a second run finds nothing to do', async () => {
  const first = documentOf(await migrate('--json'))['instances'] as { migrations: string[] }[];
  expect(first.map(({ migrations }) => migrations[0])).toEqual(['0001_schemas', '0001_schema']);
  expect(documentOf(await migrate('--json'))).toEqual({
    instances: [
      { instance: 'main', migrations: [] },
      { instance: 'keystore', migrations: [] },
    ],
  });
  expect((await migrate()).stdout).toMatch(/keystore .* up to date/);
});

test('doctor finds well what bootstrap made', async () => {
  const checks = await doctor();
  expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual([
    'main database',
    'main database: clock',
    ...loginRoles.main.map((role) => `role ${role}`),
    'keystore database',
    'keystore database: clock',
    ...loginRoles.keystore.map((role) => `role ${role}`),
    'keystore apart',
  ]);
});

test('doctor notices a role that is no longer as bootstrap made it', async () => {
  await asRoot(
    main,
    'ALTER ROLE tacet_account RESET log_parameter_max_length; ALTER ROLE tacet_billing SUPERUSER; ALTER ROLE tacet_pruner NOLOGIN',
  );
  const wrong = (await doctor()).filter(({ state }) => state === 'failed');
  expect(wrong.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
    'role tacet_account: lacks log_parameter_max_length=0',
    'role tacet_billing: may do more than its grants',
    'role tacet_pruner: cannot log in',
  ]);
  await asRoot(main, 'ALTER ROLE tacet_billing NOSUPERUSER');
  await bootstrap();
  expect((await doctor()).filter(({ state }) => state !== 'ok')).toEqual([]);
});

test('doctor notices when both URLs lead to one server', async () => {
  const result = await run('doctor', '--json', ...urls('main-owner', 'main-owner'));
  const checks = documentOf(result)['checks'] as { name: string; state: string }[];
  expect(checks.find(({ name }) => name === 'keystore apart')).toMatchObject({ state: 'failed' });
});

test('migrations are refused where the keystore is on the server of the messages', async () => {
  await bootstrapInstance(main.adminUrl(), 'keystore', 'wrong', { tacet_keystore_owner: 'tacet_keystore_owner-password' });
  secret('keystore-on-main', urlOf(main, 'tacet_keystore_owner').replace(/tacet$/, 'wrong'));
  const result = await run('db', 'migrate', ...urls('main-owner', 'keystore-on-main'));
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('instance of its own');
});

test('a password is changed by bootstrap, and a file that is no URL is told without its content', async () => {
  secret('passwords/tacet_billing', 'changed-password');
  expect((await bootstrap()).code).toBe(0);
  await (await openPool({ url: urlOf(main, 'tacet_billing', 'changed-password'), applicationName: 'test', connectionsMax: 1 })).end();
  secret('no-url', 'canary');
  const result = await run('db', 'migrate', ...urls('no-url', 'keystore-owner'));
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('TACET_POSTGRES_URL_FILE: the file does not hold one postgres:// URL');
  expect(result.stderr).not.toContain('canary');
});

/** The server may log parameters, which a pool refuses; a superuser may turn that off for its own session. */
async function asRoot(server: PostgresServer, sql: string): Promise<void> {
  const quiet = encodeURIComponent('-c log_parameter_max_length=0 -c log_parameter_max_length_on_error=0');
  const pool = await openPool({ url: `${server.adminUrl()}?options=${quiet}`, applicationName: 'test', connectionsMax: 1 });
  await pool.query(sql);
  await pool.end();
}
