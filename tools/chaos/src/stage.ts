import { mkdtempSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPortSource, startConstellation, startDemoWorkerProcess, workersYaml, type Constellation, type ConstellationOptions, type DemoWorkerProcess, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { cheap, models, type Customer } from './customers.ts';
import { PriceHistory } from './price-history.ts';
import { sessionMs } from './session-ms.ts';
import { ServerKeeper } from './server-keeper.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A customer with what the run knows of their money. */
export interface Purse {
  readonly customer: Customer;
  readonly account: TestAccount;
  /** Everything that was granted, nano-USD. */
  creditNano: bigint;
  /** Its deletion has begun. */
  isGone: boolean;
}

/** Everything that a run plays with. */
export interface Stage {
  readonly constellation: Constellation;
  readonly folder: string;
  readonly workers: readonly DemoWorkerProcess[];
  /** By what stands behind: `postgres-main`, `kafka`, `billing-1`, `edge-2`, `worker-1`, … */
  readonly proxies: ReadonlyMap<string, TcpProxy>;
  /** Where clients reach the edges: through proxies. */
  readonly edgeUrls: readonly string[];
  readonly servers: ServerKeeper;
  /** Of all accounts, those that are deleted among them. */
  readonly purses: Purse[];
  readonly prices: PriceHistory;
  /** Messages that were put into Kafka and are to be set aside, in hexadecimal. */
  readonly poisoned: Set<string>;
  /** Kinds of discrepancies that the run brings about. */
  readonly expectedDiscrepancies: Set<string>;
  stop(): Promise<void>;
}

const openMsMax = 90_000;

/** What a run needs. */
export interface StageOptions extends Pick<ConstellationOptions, 'mode' | 'edges' | 'billings' | 'settings' | 'sessionMs' | 'clockOffsetMs'> {
  readonly customers: readonly Customer[];
}

/** Starts a whole deployment, with a proxy before every door, and opens the accounts. */
export async function startStage(options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-chaos-'));
  const cleanup = new AsyncDisposableStack();
  if (process.env['TEST_KEEP'] !== 'yes') cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  try {
    return await build(options, folder, cleanup);
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

async function build({ customers, ...options }: StageOptions, folder: string, cleanup: AsyncDisposableStack): Promise<Stage> {
  const proxies = new Map<string, TcpProxy>();
  const through = async (name: string, port: number) => {
    const proxy = await TcpProxy.start(name, port);
    cleanup.defer(() => proxy.stop());
    proxies.set(name, proxy);
    return proxy.port;
  };
  const workers = await startWorkers(folder, cleanup);
  const pools = await Promise.all(workers.map(async ({ name, url }) => poolsOf(name, `http://127.0.0.1:${await through(name, Number(new URL(url).port))}`)));
  const servers = new ServerKeeper();
  cleanup.defer(() => servers.stop());
  const constellation = await startConstellation({
    sessionMs,
    ...options,
    ownServers: true,
    folder,
    through,
    models,
    worker: { workersYaml: workersYaml(pools.flat()) },
    // Commits outlive an immediate stop, as on a real server; only the disk's cache need not.
    postgresSettings: { synchronous_commit: 'on' },
  });
  cleanup.defer(() => constellation.stop());
  servers.adopt(constellation.servers);
  const edgeUrls = await Promise.all(constellation.edges.map(async ({ process, url }) => `http://127.0.0.1:${await through(process.name, Number(new URL(url).port))}`));
  const purses = await Promise.all(customers.map((customer) => openPurse(constellation, customer)));
  return { constellation, folder, workers, proxies, edgeUrls, servers, purses, prices: new PriceHistory(models, options.sessionMs ?? sessionMs), poisoned: new Set(), expectedDiscrepancies: new Set(), stop: () => cleanup.disposeAsync() };
}

/** Opens an account with its credit and its key. */
export async function openPurse(constellation: Constellation, customer: Customer): Promise<Purse> {
  const { creditUsd, noLog = false, spendNanoMax } = customer;
  const limits = spendNanoMax === undefined ? {} : { limits: { spendTotalNano: spendNanoMax.toString() } };
  // A machine that has more to do than it can lets calls fail that began too early; what they began harms nobody.
  const account = await eventually('an account is opened', () => constellation.createAccount({ creditUsd, noLog, ...limits }), openMsMax);
  const { postedNano } = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes }, { deadlineMs: 20_000 });
  return { customer, account, creditNano: BigInt(postedNano), isGone: false };
}

/** Two workers; the proxies before them die in their place, so that what they counted is never lost. */
async function startWorkers(folder: string, cleanup: AsyncDisposableStack): Promise<DemoWorkerProcess[]> {
  const nextPort = createPortSource();
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const start = async (name: string) => {
    const worker = await startDemoWorkerProcess(name, await nextPort(), logs, { models: models.map(({ id }) => id), record: false, tokensPerSecond: 200 });
    cleanup.defer(async () => void (await worker.stop()));
    return worker;
  };
  return Promise.all([start('worker-1'), start('worker-2')]);
}

/** A pool for each model, so that a worker that miscounts one is not shut out from the others. */
function poolsOf(worker: string, url: string) {
  return models.map(({ id }) => ({ id: `${worker}-${id}`, url, kind: 'demo', models: [id], usage: id === cheap.id ? 'final' : 'continuous' }));
}
