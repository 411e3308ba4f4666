import type { IncomingMessage, ServerResponse } from 'node:http';
import { toTacetError } from '@tacet/errors';
import type { Events } from './events.ts';
import { isAnthropic } from './http/is-anthropic.ts';
import { refuse } from './http/refuse.ts';
import type { Metrics } from './metrics.ts';
import type { UsageTrouble } from './usage-flow.ts';
import type { Worker } from './workers/worker.ts';

/** What was seen of a worker. */
export type WorkerNews = 'success' | 'failure' | 'hostile_usage' | 'missing_usage';

export type Reports = ReturnType<typeof createReports>;

/** What becomes of news that are both an event and a metric. */
export function createReports(events: Events, metrics: Metrics, monotonicMs: () => number) {
  return {
    workersFile: (state: 'taken' | 'refused', error?: unknown) => {
      metrics.workersFileRefused.set(state === 'refused' ? 1 : 0);
      events.workersFile(state, error);
    },
    worker: (worker: Worker, news: WorkerNews) => {
      if (news === 'success') {
        if (worker.noteSuccess()) events.workerState(worker, 'closed');
      } else if (news === 'failure') {
        metrics.workerFailures.inc();
        if (worker.noteFailure(monotonicMs())) events.workerState(worker, 'open');
      } else {
        metrics.badUsage.inc({ kind: news });
        worker.quarantine(monotonicMs());
        events.workerQuarantined(worker, news);
      }
    },
    workerProbe: (worker: Worker, isThere: boolean) => events.workerState(worker, isThere ? 'up' : 'down'),
    usage: (trouble: UsageTrouble, error?: unknown) => {
      metrics.usage.inc({ event: trouble });
      events.usageTrouble(trouble, error);
    },
    keyCut: (reason: string, count: number) => {
      if (count === 0) return;
      metrics.cuts.inc({ reason }, count);
      events.keyCut(reason, count);
    },
    limiter: (state: 'lost' | 'found') => {
      metrics.limiterLost.set(state === 'lost' ? 1 : 0);
      events.limiterState(state);
    },
    /** Answers an error of a route that reaches no worker; whose key it was, if any, is not known here. */
    refuse: (request: IncomingMessage, response: ServerResponse, cause: unknown) => {
      const error = toTacetError(cause);
      if (error.code === 'internal_error') events.requestError(error);
      metrics.noteOther(error.httpStatus);
      metrics.refusals.inc({ code: error.code });
      refuse(request, response, error, { dialect: isAnthropic(request) ? 'anthropic' : 'openai', headers: [] });
    },
  };
}
