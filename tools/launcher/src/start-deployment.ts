import { writeFile } from 'node:fs/promises';
import { ensureCertificates, ensureSecrets, openOperatorClients, settleAll, workersYaml, type DeploymentPaths, type OperatorClients } from '@tacet/constellation';
import type { ModelPrices } from '@tacet/rpc/types/ledger/v1/ModelPrices';
import type { LauncherOptions } from './arguments.ts';
import { untilRequestsAreAnswered } from './check-ready.ts';
import { ensureDemoAccount } from './demo-account.ts';
import type { Started } from './describe-result.ts';
import { demoPriceText, updateModelsFile } from './models-file.ts';
import { planDeployment } from './plan-deployment.ts';
import type { Ports } from './plan-ports.ts';
import type { Reporter } from './reporter.ts';
import { rotateLogs } from './rotate-logs.ts';
import { startDatabases } from './start-databases.ts';
import { startProcesses, type StartingProcesses } from './start-processes.ts';
import type { Supervisor } from './supervisor.ts';
import { chooseWorker } from './worker/choose-worker.ts';
import { writeOperatorFile } from './write-operator-file.ts';

/** Starts everything in a claimed data folder, step by step, until a request would be answered. */
export async function startDeployment(options: LauncherOptions, ports: Ports, supervisor: Supervisor, reporter: Reporter, stop: AbortSignal): Promise<Started> {
  const begunMs = performance.now();
  const plan = planDeployment(options.dataFolder, ports);
  const { paths, addresses } = plan.deployment;
  await reporter.step('files', prepareFiles(paths));

  // The worker may take longest, so it begins with the databases; the processes that need none begin before it is there.
  const workerBegunMs = performance.now();
  const choosing = chooseWorker({ options, paths, port: ports.worker, supervisor, reporter, signal: stop });
  choosing.catch(() => undefined);
  await reporter.step('databases', startDatabases(paths, ports, supervisor));
  const processesBegunMs = performance.now();
  const processes = startProcesses(plan, supervisor);
  const worker = await reporter.step('worker', choosing, workerBegunMs);
  await writeFile(paths.workers, `# Written by npm start at each start; --worker names other servers.\n${workersYaml(worker.pools)}`);
  const { models, added } = await updateModelsFile(paths.models, worker.models);
  if (added.length > 0) reporter.line(`    ${added.join(', ')} had no price and got a demo price: ${demoPriceText}.`);
  await writeOperatorFile(plan);

  const operator = openOperatorClients(paths, addresses);
  try {
    await reporter.step('processes', finishProcesses(processes, operator, models), processesBegunMs);
    const account = await reporter.step('account', ensureDemoAccount(options.dataFolder, operator));
    await reporter.step('check', untilRequestsAreAnswered(plan.edgeUrl, account.apiKey, worker, stop));
    reporter.line(`\n  Ready in ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
    return { edgeUrl: plan.edgeUrl, accountUrl: plan.accountUrl, account, dataFolder: options.dataFolder, pids: supervisor.pids, worker };
  } finally {
    operator.close();
  }
}

/** Publishes models and prices as soon as billing can be asked, and starts the edge. */
async function finishProcesses(processes: StartingProcesses, { ledger }: OperatorClients, models: readonly ModelPrices[]): Promise<{ readonly told: string }> {
  await processes.billing;
  await ledger.ApplyPrices({ models: [...models] });
  await settleAll([processes.first, processes.startEdge()]);
  return { told: 'key-service, billing, account, pruner, edge' };
}

async function prepareFiles(paths: DeploymentPaths): Promise<{ readonly told: string }> {
  await ensureSecrets(paths);
  await rotateLogs(paths.logs);
  const issued = await ensureCertificates(paths, Date.now());
  return { told: issued === 0 ? 'secrets and certificates are there' : `secrets, and ${issued} certificates for 90 days` };
}
