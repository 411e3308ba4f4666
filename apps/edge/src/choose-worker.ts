import { TacetError } from '@tacet/errors';
import { findField } from '@tacet/inference';
import type { InferenceRequest } from './read-request.ts';
import type { Pool } from './workers/pool.ts';
import type { PrefixAffinity } from './workers/prefix-affinity.ts';
import type { ModelRoute } from './workers/worker-set.ts';
import type { Worker } from './workers/worker.ts';

/** When a worker that is out may be back, unless its breaker tells more. */
const retryAfterMs = 1_000;
const retryAfterMsMax = 30_000;
/** Bytes of a prompt per token, for the estimate of load. */
const bytesPerToken = 4;
/** Output that is expected of a request, for the estimate of load. */
const outputExpected = 256;
/**
 * How much more than another a worker may have to do and still get the requests whose beginning it has in its
 * cache: so many times as much, and so many tokens.
 */
const affinityFactor = 2;
const affinityTokens = 8_192;

export interface ChooseOptions {
  /** What serves a model now: the file may have changed since the request was read. */
  readonly routeOf: (modelId: string) => ModelRoute | undefined;
  readonly affinity: PrefixAffinity;
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What a request adds to a worker's load, in tokens, as far as is known before it runs. */
export function loadOf({ prompt, choices, outputLimit }: InferenceRequest): number {
  return Math.ceil(prompt.bytes / bytesPerToken) + choices * Math.min(outputLimit ?? outputExpected, outputExpected);
}

/** Names of the beginnings of a request's prompt, where a worker may have them in its cache. */
export function prefixesOf(request: InferenceRequest, { affinity, routeOf }: ChooseOptions): readonly string[] {
  const { caller, model, pools, prompt: { object } } = request;
  const hasChoice = (routeOf(model.modelId)?.workers.length ?? 0) > 1;
  if (!hasChoice || !pools.some(keepsPrefixes)) return [];
  const field = findField(object, 'messages') ?? findField(object, 'prompt') ?? findField(object, 'input');
  return field === undefined ? [] : affinity.namesOf(caller.accountId, object.bytes.subarray(field.valueStart, field.valueEnd));
}

/**
 * The fourth step: the worker that has the beginning of the prompt in its cache, unless it has much more to do than
 * another; else, of two random workers that are well, the one with less to do for its weight. `tried`: workers that
 * failed this request before. Undefined when all that are well are full; throws `no_worker` when none is well.
 */
export function chooseWorker(request: InferenceRequest, prefixes: readonly string[], tried: readonly Worker[], options: ChooseOptions): Worker | undefined {
  const { monotonicMs, random, affinity, routeOf } = options;
  const workers = routeOf(request.model.modelId)?.workers ?? [];
  const now = monotonicMs();
  const isFree = (worker: Worker) => worker.availabilityAt(now) === 'free' && mayServe(worker, request.pools, tried);
  const first = pick(workers, isFree, undefined, random);
  if (first === undefined) {
    requireWell(workers, request.pools, tried, now);
    return undefined;
  }
  const second = workers.length > 1 ? pick(workers, isFree, first, random) : undefined;
  const lighter = second !== undefined && second.load < first.load ? second : first;
  if (prefixes.length === 0) return lighter;
  const known = affinity.find(prefixes);
  const chosen = known !== undefined && workers.includes(known) && isFree(known) && known.load <= lighter.load * affinityFactor + affinityTokens / known.pool.weight ? known : lighter;
  if (keepsPrefixes(chosen.pool)) affinity.remember(prefixes, chosen);
  return chosen;
}

/** Whether its workers keep beginnings of prompts for later ones. */
function keepsPrefixes({ kind, singleTenant }: Pool): boolean {
  return kind.isolation !== 'cache_prompt' || singleTenant;
}

function mayServe(worker: Worker, pools: readonly Pool[], tried: readonly Worker[]): boolean {
  return !tried.includes(worker) && pools.some(({ id }) => id === worker.pool.id);
}

/** Throws `no_worker` unless one is well, though it be full. */
function requireWell(workers: readonly Worker[], pools: readonly Pool[], tried: readonly Worker[], now: number): void {
  let waitMs = retryAfterMsMax;
  for (const worker of workers) {
    if (!mayServe(worker, pools, tried)) continue;
    if (worker.availabilityAt(now) === 'full') return;
    const { trialAt } = worker.breaker;
    waitMs = Math.min(waitMs, trialAt > now ? trialAt - now : retryAfterMs);
  }
  throw new TacetError('no_worker', { retryAfterMs: Math.max(retryAfterMs, waitMs === retryAfterMsMax ? retryAfterMs : waitMs) });
}

/** A random worker other than one, in proportion to the weights. */
function pick(workers: readonly Worker[], isFree: (worker: Worker) => boolean, except: Worker | undefined, random: () => number): Worker | undefined {
  let total = 0;
  let last: Worker | undefined;
  for (const worker of workers) {
    if (worker === except || !isFree(worker)) continue;
    total += worker.pool.weight;
    last = worker;
  }
  if (last === undefined) return undefined;
  let rest = random() * total;
  for (const worker of workers) {
    if (worker === except || !isFree(worker)) continue;
    rest -= worker.pool.weight;
    if (rest < 0) return worker;
  }
  return last;
}
