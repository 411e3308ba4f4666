import { mkdtempSync, readFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapInstance, migrate, openPool, type Pool } from '@tacet/database';
import { createLog } from '@tacet/service';
import { freePort, startPostgres } from '@tacet/servers';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createEvents } from '../../src/events.ts';
import { LeaseDesk } from '../../src/leases/lease-desk.ts';
import { createMetrics } from '../../src/metrics.ts';
import { PriceBook } from '../../src/usage/price-book.ts';
import { UsageWriter } from '../../src/usage/usage-writer.ts';
import { uuid } from '../support/make.ts';

const roles = { tacet_owner: 'x', tacet_billing: 'x', tacet_account: 'x', tacet_pruner: 'x' };
const clockTicksPerSecond = 100;
const statementMs = 1_800_000;

/** One database with billing's own parts on it. */
export interface Store {
  readonly pool: Pool;
  /** The owner's. */
  readonly owner: Pool;
  /** The superuser's, for COPY from a file. */
  readonly admin: Pool;
  readonly writer: UsageWriter;
  readonly desk: LeaseDesk;
  /** A folder that server and this process can read and write. */
  readonly folder: string;
  /** Accounts with more money than any measurement spends. */
  fund(accounts: readonly Buffer[]): Promise<void>;
  /** CPU time of the backend behind `pool`, seconds. */
  backendSeconds(): Promise<number>;
}

/** A PostgreSQL of its own that syncs what a real one syncs. */
export interface StoreServer {
  /** Makes a database with all migrations. */
  open(name: string): Promise<Store>;
  stop(): Promise<void>;
}

/** Starts the server. */
export async function startStoreServer(): Promise<StoreServer> {
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
  const pools: Pool[] = [];
  return {
    open: async (name) => {
      await bootstrapInstance(server.adminUrl(), 'main', name, roles);
      const urlOf = (role: string) => `postgres://${role}:x@127.0.0.1:${server.port}/${name}`;
      await migrate(urlOf('tacet_owner'), 'main');
      const open = async (url: string, applicationName: string) => {
        const pool = await openPool({ url, applicationName, connectionsMax: 1, statementMs });
        pools.push(pool);
        return pool;
      };
      // One connection: its backend's time is the database's share.
      return assemble(
        await open(urlOf('tacet_billing'), 'billing'),
        await open(urlOf('tacet_owner'), 'owner'),
        await open(server.adminUrl(name), 'admin'),
        folder,
      );
    },
    stop: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function assemble(pool: Pool, owner: Pool, admin: Pool, folder: string): Promise<Store> {
  await owner.query("INSERT INTO billing.price VALUES (1, 'model', 100000, 50000, 200000)");
  const events = createEvents(createLog('billing', 'error', pino.destination({ dest: '/dev/null', sync: true })));
  const metrics = createMetrics(new Registry());
  return {
    pool,
    owner,
    admin,
    writer: new UsageWriter(pool, new PriceBook(pool), metrics, events),
    desk: new LeaseDesk(pool, metrics, events),
    folder,
    fund: async (accounts) => {
      await owner.query('INSERT INTO billing.balance (account_id, posted) SELECT a, 1000000000000000 FROM unnest($1::uuid[]) AS a', [
        accounts.map(uuid),
      ]);
    },
    backendSeconds: async () => {
      const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const fields = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
    },
  };
}
