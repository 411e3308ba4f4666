import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startPostgres, type PostgresServer } from '@tacet/servers';
import pg from 'pg';
import { TacetError } from '@tacet/errors';
import { bootstrapInstance, checkInstancesDiffer, databaseAway, isPostgresError, migrate, openPool, scramVerifier, sqlState, transaction, type Pool } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-database-'));
const passwords = { tacet_owner: 'owner-1', tacet_account: 'account-1', tacet_billing: 'billing-1', tacet_pruner: 'pruner-1' };
let server: PostgresServer;
let pool: Pool;
const urlOf = (role: string, password: string) => `postgres://${role}:${password}@127.0.0.1:${server.port}/tacet`;

beforeAll(async () => {
  server = await startPostgres({ name: 'main', dataFolder: join(folder, 'data'), port: await freePort(), superuserPassword: 'root', logFile: join(folder, 'log'), durable: false });
  await bootstrapInstance(server.adminUrl(), 'main', 'tacet', passwords);
  await migrate(urlOf('tacet_owner', 'owner-1'), 'main');
  pool = await openPool({ url: urlOf('tacet_account', 'account-1'), applicationName: 'test', connectionsMax: 4 });
});

afterAll(async () => {
  await pool.end();
  await server.stop();
  await rm(folder, { recursive: true });
});

test('bootstrap and migration can be repeated, and several runners at once do the work once', async () => {
  await bootstrapInstance(server.adminUrl(), 'main', 'tacet', passwords);
  await bootstrapInstance(server.adminUrl(), 'main', 'other', passwords);
  const owner = `postgres://tacet_owner:owner-1@127.0.0.1:${server.port}/other`;
  const ran = await Promise.all([migrate(owner, 'main'), migrate(owner, 'main'), migrate(owner, 'main')]);
  expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
});

test('a password is changed by a second bootstrap and never seen by the server log', async () => {
  await bootstrapInstance(server.adminUrl(), 'main', 'tacet', { tacet_pruner: 'pruner-2' });
  await expect(openPool({ url: urlOf('tacet_pruner', 'pruner-1'), applicationName: 'test', connectionsMax: 1 })).rejects.toThrow();
  await (await openPool({ url: urlOf('tacet_pruner', 'pruner-2'), applicationName: 'test', connectionsMax: 1 })).end();
});

test('a role without the settings that keep parameters out of the log is refused', async () => {
  const admin = new pg.Client({ connectionString: server.adminUrl('tacet') });
  await admin.connect();
  await admin.query("CREATE ROLE leaky LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE tacet TO leaky; ALTER ROLE leaky SET log_parameter_max_length = -1");
  await admin.end();
  await expect(openPool({ url: urlOf('leaky', 'x'), applicationName: 'test', connectionsMax: 1 })).rejects.toThrow('tacet db bootstrap');
});

test('roles see no more than their schema', async () => {
  const denied = { code: '42501' };
  await expect(pool.query('CREATE TABLE public.t ()')).rejects.toMatchObject(denied);
  await expect(pool.query('CREATE TABLE account.t ()')).rejects.toMatchObject(denied);
  await expect(pool.query('CREATE TABLE billing.t ()')).rejects.toMatchObject(denied);
});

test('int8 is bigint, and what a transaction throws rolls it back', async () => {
  const { rows } = await pool.query<{ n: bigint }>("SELECT 9223372036854775807::int8 AS n");
  expect(rows[0]?.n).toBe(9223372036854775807n);
  await pool.query('SELECT 1');
  const boom = new Error('boom');
  await expect(transaction(pool, async (connection) => { await connection.query('SELECT pg_advisory_xact_lock(1)'); throw boom; })).rejects.toBe(boom);
  const { rows: locks } = await pool.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  expect(locks).toEqual([]);
  const divided = await pool.query('SELECT 1/0').catch((error: unknown) => error);
  expect(isPostgresError(divided, '22012')).toBe(true);
  expect(isPostgresError(divided, sqlState.uniqueViolation)).toBe(false);
});

test('a connection that breaks while it is lent fails its next query, and the process goes on', async () => {
  const connection = await pool.connect();
  const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const gone = new Promise((resolve) => (connection as unknown as pg.Client).once('end', () => resolve(undefined)));
  const admin = new pg.Client({ connectionString: server.adminUrl('tacet') });
  await admin.connect();
  await admin.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
  await admin.end();
  await gone;
  await expect(connection.query('SELECT 1')).rejects.toThrow();
  connection.release(true);
  await pool.query('SELECT 1');
});

test('two URLs of one server are refused as main and keystore', async () => {
  await expect(checkInstancesDiffer(server.adminUrl(), server.adminUrl('tacet'))).rejects.toThrow('of its own');
});

test('the verifier is what PostgreSQL makes itself', async () => {
  const admin = new pg.Client({ connectionString: server.adminUrl('tacet') });
  await admin.connect();
  await admin.query("CREATE ROLE twin PASSWORD 'secret-1'");
  const { rows } = await admin.query<{ v: string }>("SELECT rolpassword AS v FROM pg_authid WHERE rolname = 'twin'");
  await admin.end();
  const theirs = rows[0]?.v ?? '';
  expect(scramVerifier('secret-1', Buffer.from(theirs.split(/[$:]/)[2] ?? '', 'base64'))).toBe(theirs);
});

test('a server that says nothing any more is given up, and the next call is served', async () => {
  const prompt = await openPool({ url: urlOf('tacet_account', 'account-1'), applicationName: 'prompt', connectionsMax: 1, statementMs: 100, isPrompt: true });
  let pid = 0;
  try {
    const stuck = transaction(prompt, async (connection) => {
      const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      pid = rows[0]?.pid ?? 0;
      // As if the wire were cut: nothing comes back, not even that it is.
      process.kill(pid, 'SIGSTOP');
      await connection.query('SELECT 1');
    });
    const error = databaseAway(await stuck.catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect((await prompt.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid).not.toBe(pid);
  } finally {
    if (pid > 0) process.kill(pid, 'SIGCONT');
    await prompt.end();
  }
}, 60_000);

test('a server that is away or used up is told as unavailable, and every other error stays what it is', async () => {
  const awayOf = async (run: (small: Pool) => Promise<unknown>, statementMs?: number) => {
    const small = await openPool({ url: urlOf('tacet_account', 'account-1'), applicationName: 'small', connectionsMax: 1, ...(statementMs === undefined ? {} : { statementMs }) });
    try {
      const error = databaseAway(await run(small).then(() => 'no error', (thrown: unknown) => thrown));
      return error instanceof TacetError ? [error.code, error.retryAfterMs] : error;
    } finally {
      await small.end();
    }
  };
  const away = ['unavailable', expect.any(Number)];
  const admin = new pg.Client({ connectionString: server.adminUrl('tacet') });
  await admin.connect();
  try {
    expect(await awayOf((small) => transaction(small, () => small.query('SELECT 1')))).toEqual(away);
    expect(await awayOf((small) => small.query('SELECT pg_sleep(10)'), 50)).toEqual(away);
    expect(await awayOf((small) => small.query('SELECT pg_terminate_backend(pg_backend_pid())'))).toEqual(away);
    await admin.query('ALTER ROLE tacet_account CONNECTION LIMIT 5');
    const many = async (small: Pool) => {
      await admin.query("ALTER ROLE tacet_account CONNECTION LIMIT 0; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tacet_account' AND application_name = 'small'");
      await small.query('SELECT 1').catch(() => undefined);
      return small.query('SELECT 1');
    };
    expect(await awayOf(many)).toEqual(away);
  } finally {
    await admin.query('ALTER ROLE tacet_account CONNECTION LIMIT -1');
    await admin.end();
  }
  expect(await awayOf((small) => small.query('SELECT 1/0'))).toBeInstanceOf(pg.DatabaseError);
  expect(databaseAway('text')).toBe('text');
  const own = new TacetError('conflict');
  expect(databaseAway(own)).toBe(own);
  const nobody = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  expect(databaseAway(new AggregateError([nobody, nobody]))).toMatchObject({ code: 'unavailable' });
}, 60_000);
