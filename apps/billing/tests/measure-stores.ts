/**
 * Measures what billing does to its database, beside COPY of the same rows in the same run: `node --conditions=source
 * apps/billing/tests/measure-stores.ts [ROUNDS]`. Prints medians with ranges; nothing is asserted. Postgres runs on this
 * machine with everything that a real one syncs, so only the ratios say something about another one.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapInstance, migrate, openPool, type Pool } from '@tacet/database';
import { createLog } from '@tacet/service';
import { freePort, startPostgres } from '@tacet/servers';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createEvents } from '../src/events.ts';
import { LeaseDesk } from '../src/leases/lease-desk.ts';
import { createMetrics } from '../src/metrics.ts';
import { nilUuid } from '../src/rpc/fields.ts';
import { PriceBook } from '../src/usage/price-book.ts';
import type { UsageColumns } from '../src/usage/usage-columns.ts';
import { UsageWriter } from '../src/usage/usage-writer.ts';
import { encode, makeId, TestEdge, uuid } from './support/make.ts';

const rounds = Number(process.argv[2] ?? 3);
const recordsPerRound = 60_000;
const perCommit = 2_000;
const leaseCalls = 40_000;
const inFlight = 1_000;
const clockTicksPerSecond = 100;

const folder = mkdtempSync(join(tmpdir(), 'tacet-measure-'));
await chmod(folder, 0o777);
const server = await startPostgres({
  name: 'measure',
  dataFolder: join(folder, 'data'),
  port: await freePort(),
  superuserPassword: 'x',
  logFile: join(folder, 'log'),
  durable: true,
  settings: { shared_buffers: '256MB', max_wal_size: '4GB' },
});
await bootstrapInstance(server.adminUrl(), 'main', 'tacet', {
  tacet_owner: 'x',
  tacet_billing: 'x',
  tacet_account: 'x',
  tacet_pruner: 'x',
});
const urlOf = (role: string) => `postgres://${role}:x@127.0.0.1:${server.port}/tacet`;
await migrate(urlOf('tacet_owner'), 'main');
const owner = await openPool({ url: urlOf('tacet_owner'), applicationName: 'owner', connectionsMax: 1, statementMs: 600_000 });
const admin = await openPool({ url: server.adminUrl('tacet'), applicationName: 'admin', connectionsMax: 1, statementMs: 600_000 });
// One connection: its backend's time is the database's share.
const pool = await openPool({ url: urlOf('tacet_billing'), applicationName: 'billing', connectionsMax: 1 });
await owner.query("INSERT INTO billing.price VALUES (1, 'model', 100000, 50000, 200000)");

const events = createEvents(createLog('billing', 'error', pino.destination({ dest: '/dev/null', sync: true })));
const metrics = createMetrics(new Registry());
const writer = new UsageWriter(pool, new PriceBook(pool), metrics, events);
const desk = new LeaseDesk(pool, metrics, events);
const results = new Map<string, number[]>();
const note = (name: string, value: number) => results.set(name, [...(results.get(name) ?? []), value]);

async function backendSeconds(of: Pool): Promise<number> {
  const { rows } = await of.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const fields = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}

async function fund(accounts: readonly Buffer[]): Promise<void> {
  await owner.query('INSERT INTO billing.balance (account_id, posted) SELECT a, 1000000000000000 FROM unnest($1::uuid[]) AS a', [
    accounts.map(uuid),
  ]);
}

/** Applies records as the consumer does, reading the next batch while the database works. */
async function applyUsage(name: string, accounts: readonly Buffer[]): Promise<void> {
  await fund(accounts);
  const edge = new TestEdge();
  const keyId = makeId();
  await pool.query("SELECT billing.open_session($1, 1, array_fill(0::bigint, ARRAY[12]), interval '1 h')", [edge.uuid]);
  for (let at = 0; at < accounts.length; at += 1_000) {
    await Promise.all(
      accounts.slice(at, at + 1_000).map((accountId) =>
        desk.set({
          edgeId: edge.uuid,
          epoch: 1,
          accountId: uuid(accountId),
          keyId: nilUuid,
          version: 1n,
          targetNano: 100_000_000_000n,
          limits: undefined,
        }),
      ),
    );
  }
  const batches: Buffer[][] = [];
  for (let at = 0; at < recordsPerRound; at += perCommit) {
    const counts = { inputTokens: 200, cachedTokens: 10, outputTokens: 300 };
    batches.push(
      encode(
        ...Array.from({ length: perCommit }, () =>
          edge.emit(accounts[Math.floor(Math.random() * accounts.length)] ?? keyId, { ...counts, keyId }),
        ),
      ),
    );
  }
  const [cpu, backend, started] = [process.cpuUsage(), await backendSeconds(pool), performance.now()];
  let reading: Promise<UsageColumns> = writer.read(batches[0] ?? []);
  for (let at = 0; at < batches.length; at++) {
    const columns = await reading;
    const meanwhile = () => {
      reading = writer.read(batches[at + 1] ?? []);
    };
    await writer.write(columns, { before: async () => true, meanwhile, after: async () => undefined });
  }
  const seconds = (performance.now() - started) / 1_000;
  const spent = process.cpuUsage(cpu);
  note(`${name}: records/s`, recordsPerRound / seconds);
  note(`${name}: CPU µs a record, this process`, (spent.user + spent.system) / recordsPerRound);
  note(`${name}: CPU µs a record, database`, (((await backendSeconds(pool)) - backend) * 1_000_000) / recordsPerRound);
}

async function copyRows(): Promise<number> {
  const file = join(folder, 'rows');
  await rm(file, { force: true });
  await admin.query(`COPY (SELECT * FROM billing.usage_request ORDER BY request_id DESC LIMIT ${recordsPerRound}) TO '${file}'`);
  await admin.query(
    'DROP TABLE IF EXISTS copied; CREATE TABLE copied (LIKE billing.usage_request INCLUDING ALL); CREATE INDEX ON copied (account_id, request_id)',
  );
  const started = performance.now();
  await admin.query(`COPY copied FROM '${file}'`);
  const rate = recordsPerRound / ((performance.now() - started) / 1_000);
  note('COPY of the same rows: rows/s', rate);
  return rate;
}

async function setLeases(name: string, accounts: readonly Buffer[]): Promise<void> {
  await fund(accounts);
  const edges = Array.from({ length: 3 }, () => new TestEdge());
  for (const edge of edges)
    await pool.query("SELECT billing.open_session($1, 1, array_fill(0::bigint, ARRAY[12]), interval '1 h')", [edge.uuid]);
  let version = 0n;
  const caller = async () => {
    while (version < leaseCalls) {
      version++;
      const edge = edges[Number(version % 3n)];
      const accountId = accounts[Number(version) % accounts.length];
      if (!edge || !accountId) return;
      await desk.set({
        edgeId: edge.uuid,
        epoch: 1,
        accountId: uuid(accountId),
        keyId: nilUuid,
        version,
        targetNano: version * 10n,
        limits: undefined,
      });
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, caller));
  note(`${name}: calls/s, ${inFlight} at once`, leaseCalls / ((performance.now() - started) / 1_000));
}

async function leaseLatency(accounts: readonly Buffer[], perSecond: number): Promise<void> {
  await fund(accounts);
  const edge = new TestEdge();
  await pool.query("SELECT billing.open_session($1, 1, array_fill(0::bigint, ARRAY[12]), interval '1 h')", [edge.uuid]);
  const times: number[] = [];
  const calls: Promise<void>[] = [];
  const started = performance.now();
  let version = 0n;
  while (performance.now() - started < 4_000) {
    const due = Math.floor(((performance.now() - started) / 1_000) * perSecond);
    while (version < due) {
      version++;
      const sent = performance.now();
      const accountId = accounts[Number(version) % accounts.length] ?? edge.id;
      calls.push(
        desk
          .set({ edgeId: edge.uuid, epoch: 1, accountId: uuid(accountId), keyId: nilUuid, version, targetNano: version, limits: undefined })
          .then(() => void times.push(performance.now() - sent)),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(calls);
  times.sort((a, b) => a - b);
  note(`SetLease at ${perSecond}/s: p99 ms`, times[Math.floor(times.length * 0.99)] ?? 0);
}

const many = () => Array.from({ length: 10_000 }, () => makeId());
for (let round = 0; round < rounds; round++) {
  await applyUsage('apply, 10,000 accounts', many());
  const copy = await copyRows();
  await applyUsage('apply, one hot account', [makeId()]);
  for (const name of ['apply, 10,000 accounts', 'apply, one hot account'])
    note(`${name}: of COPY`, (results.get(`${name}: records/s`)?.at(-1) ?? 0) / copy);
  await setLeases('SetLease, one hot account', [makeId()]);
  await setLeases('SetLease, 10,000 accounts', many());
  await leaseLatency(many(), 5_000);
}
for (const [name, values] of results) {
  values.sort((a, b) => a - b);
  const show = (value = 0) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en'));
  process.stdout.write(
    `${name.padEnd(58)} ${show(values[values.length >> 1]).padStart(9)}   (${show(values[0])} … ${show(values.at(-1))})\n`,
  );
}
await Promise.all([pool.end(), owner.end(), admin.end()]);
await server.stop();
await rm(folder, { recursive: true });
