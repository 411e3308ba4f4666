import { writeFile } from 'node:fs/promises';
import { ensureCertificates, ensureSecrets, openOperatorClients, workersYaml, type DeploymentPaths, type OperatorClients } from '@tacet/constellation';
import type { LauncherOptions } from './arguments.ts';
import { untilRequestsAreAnswered } from './check-ready.ts';
import { ensureDemoAccount } from './demo-account.ts';
import type { Started } from './describe-result.ts';
import { demoPriceText, updateModelsFile } from './models-file.ts';
import { planDeployment } from './plan-deployment.ts';
import { planPorts } from './plan-ports.ts';
import type { Reporter } from './reporter.ts';
import { rotateLogs } from './rotate-logs.ts';
import { startDatabases } from './start-databases.ts';
import { startProcesses } from './start-processes.ts';
import type { Supervisor } from './supervisor.ts';
import { chooseWorker } from './worker/choose-worker.ts';
import type { ChosenWorker } from './worker/chosen-worker.ts';
import { writeOperatorFile } from './write-operator-file.ts';

/** Starts everything in a claimed data folder, step by step, until a request would be answered. */
export async function startDeployment(options: LauncherOptions, supervisor: Supervisor, reporter: Reporter, stop: AbortSignal): Promise<Started> {
  const begunMs = performance.now();
  const ports = await planPorts();
  const plan = planDeployment(options.dataFolder, ports);
  const { paths, addresses } = plan.deployment;
  await reporter.step('files', prepareFiles(paths));

  // The worker may take longest, so it begins with the databases.
  const workerBegunMs = performance.now();
  const choosing = chooseWorker({ options, paths, port: ports.worker, supervisor, reporter, signal: stop });
  choosing.catch(() => undefined);
  await reporter.step('databases', startDatabases(paths, ports, supervisor));
  const worker = await reporter.step('worker', choosing, workerBegunMs);
  await writeFile(paths.workers, `# Written by npm start at each start; --worker names other servers.\n${workersYaml(worker.pools)}`);
  await reporter.step('processes', startProcesses(plan, supervisor));
  await writeOperatorFile(plan);

  const operator = openOperatorClients(paths, addresses);
  try {
    await reporter.step('prices', publishPrices(paths, operator, worker));
    const account = await reporter.step('account', ensureDemoAccount(options.dataFolder, operator));
    await reporter.step('check', untilRequestsAreAnswered(plan.edgeUrl, account.apiKey, worker, stop));
    reporter.line(`\n  Ready in ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
    return { edgeUrl: plan.edgeUrl, accountUrl: plan.accountUrl, account, dataFolder: options.dataFolder, pids: supervisor.pids, worker };
  } finally {
    operator.close();
  }
}

async function prepareFiles(paths: DeploymentPaths): Promise<{ readonly told: string }> {
  await ensureSecrets(paths);
  await rotateLogs(paths.logs);
  const issued = await ensureCertificates(paths, Date.now());
  return { told: issued === 0 ? 'secrets and certificates are there' : `secrets, and ${issued} certificates for 90 days` };
}

async function publishPrices(paths: DeploymentPaths, { ledger }: OperatorClients, worker: ChosenWorker): Promise<{ readonly told: string }> {
  const { models, added } = await updateModelsFile(paths.models, worker.models);
  await ledger.ApplyPrices({ models: [...models] });
  return { told: added.length === 0 ? `${models.length} in models.yaml` : `${added.join(', ')}: ${demoPriceText}` };
}
