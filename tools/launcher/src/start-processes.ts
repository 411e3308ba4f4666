import { applicationEnvironment, settleAll, startProcess, type ApplicationProcess } from '@tacet/constellation';
import type { PlannedDeployment } from './plan-deployment.ts';
import type { Supervisor } from './supervisor.ts';

/** The processes that need no worker. */
const first = ['key-service', 'billing', 'account', 'pruner'] as const;

/** How long one may go on after the launcher was killed: an answer's 5 s, and a moment. */
const stopMs = 6_000;

/** Processes that are being started. */
export interface StartingProcesses {
  /** Billing can be asked. */
  readonly billing: Promise<void>;
  /** All but the edge serve. */
  readonly first: Promise<void>;
  /** Starts the edge, which reads workers.yaml and takes the catalogue of models when it opens its session. */
  startEdge(): Promise<void>;
}

/** Starts the processes that need nothing but the databases, all at once. */
export function startProcesses({ deployment, instances }: PlannedDeployment, supervisor: Supervisor): StartingProcesses {
  const start = async (name: string) => {
    const instance = instances.find((candidate) => candidate.name === name);
    if (instance === undefined) throw new Error(`${name} is not planned`);
    const environment = applicationEnvironment(instance, deployment);
    await supervisor.add<ApplicationProcess>({
      name,
      start: () => startProcess(instance.application, environment, { folder: deployment.paths.logs, workingFolder: deployment.paths.folder, name, stopMs }),
      ready: (process) => process.waitUntilReady(),
    });
  };
  const [keyService, billing, account, pruner] = first.map(start);
  const all = settleAll([keyService, billing, account, pruner]).then(() => undefined);
  // Whoever waits for them hears of a failure; until then nobody does.
  all.catch(() => undefined);
  return { billing: billing ?? all, first: all, startEdge: () => start('edge') };
}
