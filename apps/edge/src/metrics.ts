import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EndpointName } from './endpoints.ts';
import type { BodyBudget } from './http/body-budget.ts';
import type { DirectoryWatch } from './keys/directory-watch.ts';
import type { RunningRequests } from './running-requests.ts';
import type { Outbox } from './spool/outbox.ts';
import type { PrefixAffinity } from './workers/prefix-affinity.ts';
import type { WorkerQueue } from './workers/worker-queue.ts';
import type { WorkerSet } from './workers/worker-set.ts';

/** Counts that only a collection reads: an increment on the hot path is an addition. */
export interface Tallies {
  answers: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

/** What is read when metrics are collected. */
export interface MetricSources {
  readonly running: RunningRequests;
  readonly budget: BodyBudget;
  readonly outbox: Outbox;
  readonly workers: WorkerSet;
  readonly queue: WorkerQueue;
  readonly affinity: PrefixAffinity;
  readonly watch: DirectoryWatch;
  readonly monotonicMs: () => number;
}

export type Metrics = ReturnType<typeof createMetrics>;

const prefix = 'tacet_edge_';
const firstEventBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * The edge's metrics. Labels come from closed sets: routes, statuses, codes and states of this source. No-log
 * requests move only the totals without a label.
 */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => new Counter({ name: prefix + name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: prefix + name, help, registers });
  const tallies: Tallies = { answers: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  registerTallies(registry, tallies);
  const requests = new RequestCounts();
  requests.register(registry);
  return {
    tallies,
    /** One more request to a worker of a normal key was answered. */
    noteInference: (endpoint: EndpointName, status: number) => requests.note(endpoint, status),
    /** One more request of another route, or of none. */
    noteOther: (status: number) => requests.note('other', status),
    refusals: counter('refusals_total', 'Requests of normal keys that were refused or failed, by error code.', ['code']),
    lookUps: counter('key_look_ups_total', 'Look-ups at the directory by outcome.', ['outcome']),
    leaseRefusals: counter('lease_refusals_total', 'Requests that billing granted nothing for.'),
    usage: counter('usage_events_total', 'What happened to count records on their way to billing.', ['event']),
    badUsage: counter('bad_usage_total', 'Answers whose usage could not be true, or was missing.', ['kind']),
    cuts: counter('streams_cut_total', 'Running requests that were ended by the edge.', ['reason']),
    workerFailures: counter('worker_failures_total', 'Requests that a worker failed, of all keys.'),
    workersFileRefused: gauge('workers_file_refused', '1 while the workers file on disk is not the one in use.'),
    limiterLost: gauge('limiter_lost', '1 while Redis does not answer and limits are this edge’s share alone.'),
    firstEventSeconds: new Histogram({ name: `${prefix}first_event_seconds`, help: 'From admission to the first event or the whole answer, of normal keys.', buckets: firstEventBuckets, registers }),
    watch: (sources: MetricSources) => registerSources(registry, sources),
  };
}

/** Requests of normal keys by route and status. */
class RequestCounts {
  readonly #counts = new Map<EndpointName | 'other', Map<number, number>>();

  note(route: EndpointName | 'other', status: number): void {
    let counts = this.#counts.get(route);
    if (counts === undefined) this.#counts.set(route, (counts = new Map()));
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }

  register(registry: Registry): void {
    const counts = this.#counts;
    registry.registerMetric(
      new Counter({
        name: `${prefix}requests_total`,
        help: 'Requests of normal keys by route and status; refused ones included.',
        labelNames: ['route', 'status'],
        registers: [],
        collect() {
          this.reset();
          for (const [route, statuses] of counts) for (const [status, count] of statuses) this.inc({ route, status }, count);
        },
      }),
    );
  }
}

function registerTallies(registry: Registry, tallies: Tallies): void {
  const tally = (name: string, help: string, read: () => number) => {
    const counter = new Counter({
      name: prefix + name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
    registry.registerMetric(counter);
  };
  tally('answers_total', 'Requests that were admitted and have ended, of all keys.', () => tallies.answers);
  tally('input_tokens_total', 'Prompt tokens not read from a cache, of all keys.', () => tallies.inputTokens);
  tally('cached_tokens_total', 'Prompt tokens read from a cache, of all keys.', () => tallies.cachedTokens);
  tally('output_tokens_total', 'Generated tokens, of all keys.', () => tallies.outputTokens);
}

function registerSources(registry: Registry, { running, budget, outbox, workers, queue, affinity, watch, monotonicMs }: MetricSources): void {
  const read = (name: string, help: string, value: () => number) => {
    const gauge = new Gauge({
      name: prefix + name,
      help,
      registers: [],
      collect() {
        this.set(value());
      },
    });
    registry.registerMetric(gauge);
  };
  read('running_requests', 'Requests that hold a slot.', () => running.size);
  read('body_bytes', 'Bytes of request bodies in memory.', () => budget.bytes);
  read('spool_free_records', 'Count records that still have room.', () => outbox.freeRecords);
  read('queued_requests', 'Requests that wait for a worker.', () => queue.size);
  read('prefixes', 'Beginnings of prompts whose worker is remembered.', () => affinity.size);
  read('worker_requests', 'Requests under way at workers.', () => workers.all.reduce((sum, worker) => sum + worker.running, 0));
  read('worker_tokens', 'Tokens that workers are estimated to have to do for this edge.', () => workers.all.reduce((sum, worker) => sum + worker.inFlightTokens, 0));
  read('workers', 'Workers of the file.', () => workers.all.length);
  read('unhealthy_workers', 'Workers that get no requests now, or a trial.', () => workers.all.filter((worker) => worker.stateAt(monotonicMs()) !== 'healthy').length);
  read('directory_silence_ms', 'Since the directory was heard last.', () => watch.silenceMs);
}
