import { basename, join } from 'node:path';
import { settleAll, type DeploymentPaths } from '@tacet/constellation';
import type { LauncherOptions } from '../arguments.ts';
import type { Reporter } from '../reporter.ts';
import type { Supervisor } from '../supervisor.ts';
import { UserError } from '../user-error.ts';
import type { ChosenWorker } from './chosen-worker.ts';
import { fetchSmallModel } from './fetch-small-model.ts';
import { findLocalServer } from './find-local-server.ts';
import { engineIsInstalled, engineMegabytes, installEngine } from './install-engine.ts';
import { isSmallModel, modelCacheFolder, smallModel } from './small-model.ts';
import { useDemoWorker } from './use-demo-worker.ts';
import { idOfModelFile, useLocalModel } from './use-local-model.ts';
import { useNamedServers, useServers } from './use-servers.ts';

/** What starting a worker may need. */
export interface WorkerSurroundings {
  readonly options: LauncherOptions;
  readonly paths: DeploymentPaths;
  readonly port: number;
  readonly supervisor: Supervisor;
  readonly reporter: Reporter;
  /** Ends what is being fetched. */
  readonly signal: AbortSignal;
}

/** Finds or starts the worker, in the order that README.md lists. What could not be had is said, never passed over. */
export async function chooseWorker(surroundings: WorkerSurroundings): Promise<ChosenWorker> {
  const { options, paths, port, supervisor, reporter } = surroundings;
  if (options.workerUrls.length > 0) return useNamedServers(options.workerUrls);
  if (options.modelFile !== undefined) return useGivenModel(options.modelFile, surroundings);
  const found = await findLocalServer();
  if (found !== undefined) return useServers([found]);
  try {
    return await useSmallModel(surroundings);
  } catch (error) {
    if (surroundings.signal.aborted) throw error;
    reporter.warn(`No real model: ${(error as Error).message}.`);
    return useDemoWorker(port, paths, supervisor);
  }
}

/** The file of `--model`. Throws `UserError` where its engine may not be fetched. */
async function useGivenModel(file: string, surroundings: WorkerSurroundings): Promise<ChosenWorker> {
  if (!engineIsInstalled()) {
    if (surroundings.options.noFetch) throw new UserError('--model needs an engine that is not installed yet, and --no-fetch forbids to fetch it');
    surroundings.reporter.line(`    Fetching the engine for ${basename(file)} (${engineMegabytes} MB, MIT) with npm into tools/local-worker.`);
    await installEngine(surroundings.signal);
  }
  return useLocalModel(file, idOfModelFile(file), surroundings);
}

/** The small model of the cache, fetched first where it is missing and may be. Throws an `Error` that says why it cannot be had. */
async function useSmallModel(surroundings: WorkerSurroundings): Promise<ChosenWorker> {
  const { options, reporter, signal } = surroundings;
  const file = join(modelCacheFolder(process.env), smallModel.fileName);
  const fetchesModel = !(await isSmallModel(file));
  const fetchesEngine = !engineIsInstalled();
  if (options.noFetch && (fetchesModel || fetchesEngine)) {
    throw new Error(`no server on this machine has one, ${fetchesModel ? 'none is cached' : 'the engine is not installed'}, and --no-fetch forbids to fetch it`);
  }
  const parts = [
    ...(fetchesModel ? [`${smallModel.name} (${smallModel.megabytes} MB, ${smallModel.licence}) into ${modelCacheFolder(process.env)}`] : []),
    ...(fetchesEngine ? [`its engine (${engineMegabytes} MB, MIT) into tools/local-worker`] : []),
  ];
  if (parts.length > 0) reporter.line(`    Fetching ${parts.join(' and ')}, once; --no-fetch prevents it.`);
  await settleAll([fetchesModel ? fetchSmallModel(file, signal) : undefined, fetchesEngine ? installEngine(signal) : undefined]);
  return useLocalModel(file, smallModel.name, surroundings);
}
