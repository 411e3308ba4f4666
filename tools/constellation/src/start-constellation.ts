import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Constellation, ConstellationOptions } from './constellation.ts';
import { createAccount } from './create-account.ts';
import { startDemoWorkerProcess, type DemoWorkerProcess } from './demo-worker.ts';
import { deploymentPaths, type DeploymentPaths } from './deployment-paths.ts';
import { ensureCertificates } from './ensure-certificates.ts';
import { ensureSecrets, writeSecret } from './ensure-secrets.ts';
import { createPortSource } from './free-ports.ts';
import { defaultModels, modelPrices, type TestModel } from './models.ts';
import { openOperatorClients, type OperatorClients } from './operator-clients.ts';
import { nameOf, planAddresses, planInstances } from './plan-instances.ts';
import { prepareDatabases } from './prepare-databases.ts';
import { settleAll, startServers } from './servers.ts';
import { startInstances, type RunningInstances } from './start-instances.ts';
import { workersYaml } from './workers-yaml.ts';

const startDeadlineMs = 20_000;

/** Starts a whole deployment of real processes for a test. Whatever fails, nothing is left running. */
export async function startConstellation(options: ConstellationOptions): Promise<Constellation> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tacet-constellation-'));
  const cleanup = new AsyncDisposableStack();
  if (options.folder === undefined && process.env['TEST_KEEP'] !== 'yes') cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  try {
    return await start(options, deploymentPaths(folder), cleanup);
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

async function start(options: ConstellationOptions, paths: DeploymentPaths, cleanup: AsyncDisposableStack): Promise<Constellation> {
  const { mode, ownServers = false, tell = () => undefined } = options;
  const nextPort = createPortSource();
  await ensureSecrets(paths);
  const serverOptions = { mode, folder: paths.folder, nextPort, own: ownServers, tell, through: options.through, postgresSettings: options.postgresSettings };
  const [servers, workers] = await settleAll([startServers(serverOptions, (stop) => cleanup.defer(async () => void (await stop()))), startWorkers(options, paths, nextPort, cleanup), ensureCertificates(paths, Date.now())]);
  if (servers.redis) await writeSecret(paths.redisUrl, servers.redis.url);
  await prepareDatabases(paths, servers.databases);

  const instances = await planInstances(options, nextPort);
  const addresses = await planAddresses(instances, servers, options.through);
  const operator = openOperatorClients(paths, addresses);
  cleanup.defer(() => operator.close());
  const running = await startInstances(instances, { mode, paths, addresses }, options, (stop) => cleanup.defer(stop));
  await publishModels(running, operator, options.models ?? defaultModels);
  return {
    ...running,
    mode,
    paths,
    addresses,
    servers,
    workers,
    operator,
    createAccount: (accountOptions) => createAccount(operator, accountOptions),
    applyModels: (models) => applyModels(operator, models),
    stop: () => cleanup.disposeAsync(),
  };
}

/** Publishes the models as soon as billing answers, and waits until every process is ready. */
async function publishModels({ processes, billings }: RunningInstances, operator: OperatorClients, models: readonly TestModel[]): Promise<void> {
  if (billings.length > 0) {
    await Promise.all(billings.map(({ process }) => process.waitUntilReady()));
    await applyModels(operator, models);
  }
  await Promise.all(processes.map((process) => process.waitUntilReady()));
}

async function applyModels({ ledger }: OperatorClients, models: readonly TestModel[]): Promise<void> {
  // Its process has only just begun, maybe beside many others.
  await ledger.ApplyPrices({ models: models.map(modelPrices) }, { deadlineMs: startDeadlineMs });
}

async function startWorkers(options: ConstellationOptions, paths: DeploymentPaths, nextPort: () => Promise<number>, cleanup: AsyncDisposableStack): Promise<DemoWorkerProcess[]> {
  const { worker = {} } = options;
  if ('workersYaml' in worker) {
    await writeFile(paths.workers, worker.workersYaml);
    return [];
  }
  const wanted = Array.isArray(worker) ? worker : [worker];
  await mkdir(paths.logs, { recursive: true });
  const start = async (of: (typeof wanted)[number], index: number) => {
    const demoWorker = await startDemoWorkerProcess(nameOf('worker', index, wanted.length), await nextPort(), paths.logs, of);
    cleanup.defer(async () => void (await demoWorker.stop()));
    return demoWorker;
  };
  const workers = await settleAll(wanted.map(start));
  await writeFile(paths.workers, workersYaml(workers.map(({ name, url, models }, index) => ({ id: name, url, kind: 'demo', models, ...(wanted[index]?.kind ? { kind: wanted[index].kind } : {}), ...wanted[index]?.pool }))));
  return workers;
}
