import { TacetError } from '@tacet/errors';
import type { InferenceRequest } from './read-request.ts';
import type { Worker } from './workers/worker.ts';

const retryAfterMs = 1_000;
/** Bytes of a prompt per token, for the estimate of load. */
const bytesPerToken = 4;
/** Output that is expected of a request, for the estimate of load. */
const outputExpected = 256;

export interface ChooseOptions {
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What a request adds to a worker's load, in tokens, as far as is known before it runs. */
export function loadOf({ prompt, choices, outputLimit }: InferenceRequest): number {
  return Math.ceil(prompt.bytes / bytesPerToken) + choices * Math.min(outputLimit ?? outputExpected, outputExpected);
}

/**
 * The fourth step: of two random workers that serve the model and are well, the one with less to do for its
 * weight. `tried`: workers that failed this request before. Throws `no_worker` when there is none.
 */
export function chooseWorker({ route, pools }: InferenceRequest, tried: readonly Worker[], { monotonicMs, random }: ChooseOptions): Worker {
  const now = monotonicMs();
  const allowed = route.workers.filter((worker) => !tried.includes(worker) && pools.some(({ id }) => id === worker.pool.id));
  const healthy = allowed.filter((worker) => worker.stateAt(now) === 'healthy');
  // Where none is known to be well, one that was not may have recovered; one that miscounts has not.
  const candidates = healthy.length > 0 ? healthy : allowed.filter((worker) => worker.stateAt(now) === 'unhealthy');
  const [only, another] = candidates;
  if (only === undefined) throw new TacetError('no_worker', { retryAfterMs });
  if (another === undefined) return only;
  const first = pick(candidates, random);
  const second = pick(candidates.filter((worker) => worker !== first), random);
  return loadFor(second) < loadFor(first) ? second : first;
}

function loadFor(worker: Worker): number {
  return worker.inFlightTokens / worker.pool.weight;
}

/** A random worker, in proportion to the weights. */
function pick(workers: readonly Worker[], random: () => number): Worker {
  let rest = random() * workers.reduce((sum, { pool }) => sum + pool.weight, 0);
  for (const worker of workers) {
    rest -= worker.pool.weight;
    if (rest < 0) return worker;
  }
  return workers.at(-1) as Worker;
}
