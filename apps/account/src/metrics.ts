import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The metrics of the process. Labels come from closed sets: route patterns, statuses, kinds. */
export interface AccountMetrics {
  readonly requests: Counter<'route' | 'status'>;
  readonly requestSeconds: Histogram<'route'>;
  readonly mails: Counter<'kind' | 'outcome'>;
  readonly taskFailures: Counter<'task'>;
  readonly recordsRefused: Counter<'kind'>;
  readonly turns: Counter<'outcome'>;
  readonly deletions: Counter;
  readonly watchers: Gauge;
  readonly backlog: Gauge<'kind'>;
}

/** Makes the metrics in a registry. */
export function createMetrics(registry: Registry): AccountMetrics {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'tacet_account_requests_total',
      help: 'Answered HTTP requests by route pattern and status.',
      labelNames: ['route', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'tacet_account_request_seconds',
      help: 'Time to the end of the answer.',
      labelNames: ['route'],
      buckets: [0.005, 0.025, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
    mails: new Counter({
      name: 'tacet_account_mails_total',
      help: 'Mails handed over or given up.',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    taskFailures: new Counter({
      name: 'tacet_account_task_failures_total',
      help: 'Failed runs of background tasks, which are tried again.',
      labelNames: ['task'],
      registers,
    }),
    recordsRefused: new Counter({
      name: 'tacet_account_records_refused_total',
      help: 'Sealed records that did not open: changed, moved, or without a key.',
      labelNames: ['kind'],
      registers,
    }),
    turns: new Counter({ name: 'tacet_account_turns_total', help: 'Chat turns by how they ended.', labelNames: ['outcome'], registers }),
    deletions: new Counter({ name: 'tacet_account_deletions_total', help: 'Accounts deleted to the end.', registers }),
    watchers: new Gauge({ name: 'tacet_account_directory_watchers', help: 'Open Watch streams of edges and key-services.', registers }),
    backlog: new Gauge({
      name: 'tacet_account_backlog',
      help: 'Openings, deletions and resealings that are not finished.',
      labelNames: ['kind'],
      registers,
    }),
  };
}
