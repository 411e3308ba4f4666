import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Counts that only a collection reads: an increment on the hot path is an addition. */
export interface Tallies {
  /** By status; of normal keys. */
  readonly chatRequests: Map<number, number>;
  answers: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** What is read when metrics are collected. */
export interface MetricSources {
  readonly running: () => number;
  readonly bodyBytes: () => number;
  readonly freeRecords: () => number;
  readonly unhealthyWorkers: () => number;
  readonly directorySilenceMs: () => number;
}

const prefix = 'tacet_edge_';

/**
 * The edge's metrics. Labels come from closed sets: routes, codes, states of this source. No-log requests move
 * only the totals without a label.
 */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => new Counter({ name: prefix + name, help, labelNames, registers });
  const tallies: Tallies = { chatRequests: new Map(), answers: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  const tally = (name: string, help: string, read: () => number) =>
    new Counter({
      name: prefix + name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const labelledTally = (name: string, help: string, read: () => { labels: { route: string; status: number }; count: number }[]) =>
    new Counter({
      name: prefix + name,
      help,
      labelNames: ['route', 'status'],
      registers,
      collect() {
        this.reset();
        for (const { labels, count } of read()) this.inc(labels, count);
      },
    });
  const otherRequests = new Map<number, number>();
  labelledTally('requests_total', 'Requests of normal keys by route and status; refused ones included.', () => [
    ...[...tallies.chatRequests].map(([status, count]) => ({ labels: { route: 'chat_completions', status }, count })),
    ...[...otherRequests].map(([status, count]) => ({ labels: { route: 'other', status }, count })),
  ]);
  tally('answers_total', 'Requests that were admitted and have ended, of all keys.', () => tallies.answers);
  tally('input_tokens_total', 'Prompt tokens not read from a cache, of all keys.', () => tallies.inputTokens);
  tally('cached_tokens_total', 'Prompt tokens read from a cache, of all keys.', () => tallies.cachedTokens);
  tally('output_tokens_total', 'Generated tokens, of all keys.', () => tallies.outputTokens);
  return {
    tallies,
    /** One more chat completion of a normal key was answered. */
    noteChat: (status: number) => void tallies.chatRequests.set(status, (tallies.chatRequests.get(status) ?? 0) + 1),
    /** One more request of another route, or of none. */
    noteOther: (status: number) => void (otherRequests.set(status, (otherRequests.get(status) ?? 0) + 1)),
    refusals: counter('refusals_total', 'Requests of normal keys that were refused or failed, by error code.', ['code']),
    lookUps: counter('key_look_ups_total', 'Look-ups at the directory by outcome.', ['outcome']),
    leaseRefusals: counter('lease_refusals_total', 'Requests that billing granted nothing for.'),
    usage: counter('usage_events_total', 'What happened to count records on their way to billing.', ['event']),
    badUsage: counter('bad_usage_total', 'Answers whose usage could not be true, or was missing.', ['kind']),
    cuts: counter('streams_cut_total', 'Running requests that were ended by the edge.', ['reason']),
    retries: counter('retries_total', 'Requests that were tried at another worker.'),
    workersFileRefused: gauge(registers, 'workers_file_refused', '1 while the workers file on disk is not the one in use.'),
    limiterLost: gauge(registers, 'limiter_lost', '1 while Redis does not answer and limits are this edge’s share alone.'),
    firstEventSeconds: new Histogram({
      name: `${prefix}first_event_seconds`,
      help: 'From admission to the first event or the whole answer, of normal keys.',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    watch: (sources: MetricSources) => {
      const read = (name: string, help: string, value: () => number) =>
        new Gauge({
          name: prefix + name,
          help,
          registers,
          collect() {
            this.set(value());
          },
        });
      read('running_requests', 'Requests that hold a slot.', sources.running);
      read('body_bytes', 'Bytes of request bodies in memory.', sources.bodyBytes);
      read('spool_free_records', 'Count records that still have room.', sources.freeRecords);
      read('unhealthy_workers', 'Workers that get no requests now.', sources.unhealthyWorkers);
      read('directory_silence_ms', 'Since the directory was heard last.', sources.directorySilenceMs);
    },
  };
}

function gauge(registers: Registry[], name: string, help: string): Gauge {
  return new Gauge({ name: prefix + name, help, registers });
}
