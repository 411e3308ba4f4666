import { applicationEnvironment, type ApplicationInstance, type Deployment } from './application-environment.ts';
import { startProcess, type ApplicationProcess } from './application-process.ts';
import { createMovableClock, type MovableClock } from './clock.ts';
import type { Constellation, ConstellationOptions } from './constellation.ts';
import { settleAll } from './servers.ts';

const defaultSessionMs = 5_000;

/** The part of a constellation that is processes of ours. */
export type RunningInstances = Pick<Constellation, 'edges' | 'accounts' | 'billings' | 'keyServices' | 'pruners' | 'processes' | 'clocks'>;

/** Starts all processes at once and returns before they are ready. What must happen at the end is handed to `onStop`. */
export async function startInstances(
  instances: readonly ApplicationInstance[],
  deployment: Deployment,
  options: ConstellationOptions,
  onStop: (stop: () => Promise<void>) => void,
): Promise<RunningInstances> {
  const started: ApplicationProcess[] = [];
  onStop(() => stopInOrder(started));
  const clocks: Record<string, MovableClock> = {};
  const start = async (instance: ApplicationInstance) => {
    const { application, name } = instance;
    const offsetMs = options.clockOffsetMs?.[application];
    const clock = offsetMs === undefined ? undefined : await createMovableClock(deployment.paths.folder, name, offsetMs);
    if (clock) clocks[name] = clock;
    const environment = { ...applicationEnvironment(instance, deployment), ...variablesOfTests(instance, options), ...options.settings?.[application] };
    const process = await startProcess(application, environment, { folder: deployment.paths.logs, workingFolder: deployment.paths.folder, name, flags: [...(options.nodeFlags?.[application] ?? []), ...(clock?.flags ?? [])] });
    started.push(process);
    return { instance, process };
  };
  const running = await settleAll(instances.map(start));
  return { ...handles(running, deployment), processes: running.map(({ process }) => process), clocks };
}

function variablesOfTests({ application }: ApplicationInstance, { sessionMs = defaultSessionMs }: ConstellationOptions): Record<string, string> {
  if (application === 'billing') return { TACET_LEDGER_SESSION_MS: String(sessionMs) };
  // A deletion's receipt waits until no cache can hold a key of the account.
  return application === 'key-service' ? { TACET_KEY_SERVICE_DEK_CACHE_MS: '1000' } : {};
}

/** Edges first, since they hand their counts over while they stop; then those that call others, then those that are called. */
async function stopInOrder(processes: readonly ApplicationProcess[]): Promise<void> {
  for (const group of [['edge'], ['account', 'pruner'], ['billing', 'key-service']]) {
    await Promise.all(processes.filter(({ application }) => group.includes(application)).map((process) => process.stop()));
  }
}

interface RunningInstance {
  readonly instance: ApplicationInstance;
  readonly process: ApplicationProcess;
}

function handles(running: readonly RunningInstance[], { paths }: Deployment): Omit<RunningInstances, 'processes' | 'clocks'> {
  const result = { edges: [], accounts: [], billings: [], keyServices: [], pruners: [] } as { [K in keyof Omit<RunningInstances, 'processes' | 'clocks'>]: RunningInstances[K][number][] };
  for (const { instance, process } of running) {
    switch (instance.application) {
      case 'edge':
        result.edges.push({ process, url: `http://127.0.0.1:${instance.ports.public}`, internalUrl: `https://127.0.0.1:${instance.ports.internal}`, spoolFolder: paths.spool(instance.name) });
        break;
      case 'account':
        result.accounts.push({ process, url: `http://127.0.0.1:${instance.ports.public}`, address: `127.0.0.1:${instance.ports.rpc}` });
        break;
      case 'billing':
        result.billings.push({ process, address: `127.0.0.1:${instance.ports.rpc}` });
        break;
      case 'key-service':
        result.keyServices.push({ process, address: `127.0.0.1:${instance.ports.rpc}` });
        break;
      case 'pruner':
        result.pruners.push(process);
        break;
    }
  }
  return result;
}
