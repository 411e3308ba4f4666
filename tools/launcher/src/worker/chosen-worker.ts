import type { Pool } from '@tacet/constellation';
import type { ServerKind } from './find-local-server.ts';
import type { ServedModel } from './served-model.ts';

/** What serves the models: another maker's server, our local engine, or the simulator. */
export type WorkerKind = ServerKind | 'local' | 'demo';

/** The worker of this start. */
export interface ChosenWorker {
  readonly kind: WorkerKind;
  /** For workers.yaml. */
  readonly pools: readonly Pool[];
  readonly models: readonly ServedModel[];
  /** The id that the printed `curl` sends. */
  readonly model: string;
  /** What people are told of it, on one line. */
  readonly told: string;
}
