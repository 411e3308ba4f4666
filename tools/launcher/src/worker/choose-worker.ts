import type { DeploymentPaths } from '@tacet/constellation';
import type { LauncherOptions } from '../arguments.ts';
import type { Reporter } from '../reporter.ts';
import type { Supervisor } from '../supervisor.ts';
import type { ChosenWorker } from './chosen-worker.ts';
import { findLocalServer } from './find-local-server.ts';
import { useDemoWorker } from './use-demo-worker.ts';
import { useNamedServers, useServers } from './use-servers.ts';

/** What starting a worker may need. */
export interface WorkerSurroundings {
  readonly options: LauncherOptions;
  readonly paths: DeploymentPaths;
  readonly port: number;
  readonly supervisor: Supervisor;
  readonly reporter: Reporter;
}

/** Finds or starts the worker, in the order that README.md lists. What could not be had is said, never passed over. */
export async function chooseWorker(surroundings: WorkerSurroundings): Promise<ChosenWorker> {
  const { options, paths, port, supervisor } = surroundings;
  if (options.workerUrls.length > 0) return useNamedServers(options.workerUrls);
  const found = await findLocalServer();
  if (found !== undefined) return useServers([found]);
  return useDemoWorker(port, paths, supervisor);
}
