import type { TacetError } from '@tacet/errors';
import type { Log } from '@tacet/service';
import type { Recovery } from './spool/recover-spool.ts';
import type { UsageTrouble } from './usage-flow.ts';
import type { Worker } from './workers/worker.ts';

/** What the access log tells of a request of a normal key; for an unknown key only route and status. */
export interface RequestLine {
  readonly requestId?: string | undefined;
  readonly route: string;
  readonly status: number;
  readonly model?: string;
  readonly inputTokens?: number;
  readonly cachedTokens?: number;
  readonly outputTokens?: number;
  readonly ms?: number;
}

export type Events = ReturnType<typeof createEvents>;

/** Everything that the edge reports; nothing else in it writes to the log. */
export function createEvents(log: Log) {
  return {
    requestFinished: ({ requestId, route, status, model, inputTokens, cachedTokens, outputTokens, ms }: RequestLine) => {
      log.gathered('request_finished', {
        request_id: requestId, route, status, model, input_tokens: inputTokens, cached_tokens: cachedTokens, output_tokens: outputTokens, ms,
      });
    },
    listening: (door: 'public' | 'internal', port: number) => log.info('listening', { door, port }),
    internalError: (error: unknown) => log.error('internal_error', { error }),

    spoolOpened: (edgeId: string, epoch: number, { crashFinals, folded, damaged }: Recovery) => {
      log.info('spool_opened', { edge_id: edgeId, epoch, count: crashFinals + folded });
      if (damaged > 0) log.error('slots_damaged', { count: damaged });
    },
    spoolTrouble: (trouble: 'damaged_records' | 'segment_not_prepared', count: number) => log.error(trouble, { count }),
    sessionOpened: (epoch: number) => log.info('session_opened', { epoch }),
    sessionNotOpened: (error: unknown) => log.warn('session_not_opened', { error }),
    streamsCut: (reason: 'session_expired' | 'fenced' | 'draining', count: number) => log.warn('streams_cut', { reason, count }),
    clockSkew: (ms: number) => log.warn('clock_skew', { ms }),
    usageTrouble: (trouble: UsageTrouble, error?: unknown) => {
      const fields = error === undefined ? {} : { error };
      if (trouble === 'hole') log.error('record_lost', fields);
      else log.warn(`usage_${trouble}`, fields);
    },
    usageUnsent: () => log.warn('usage_unsent_at_stop'),

    directoryState: (state: 'lost' | 'found') => log.info('directory_watch', { state }),
    keyCut: (reason: string, count: number) => log.info('key_cut', { reason, count }),
    limiterState: (state: 'lost' | 'found') => log.warn('limiter', { state }),
    workersFile: (state: 'taken' | 'refused', error?: unknown) => {
      if (state === 'taken') log.info('workers_file_taken');
      else log.error('workers_file_refused', { error });
    },
    /** `open`, `closed`: its breaker; `down`, `up`: what probes say. */
    workerState: ({ pool, address }: Worker, state: 'open' | 'closed' | 'down' | 'up') => log.warn('worker_state', { pool: pool.id, worker: address, state }),
    workerQuarantined: ({ pool, address }: Worker, reason: 'hostile_usage' | 'missing_usage') => {
      log.error('worker_quarantined', { pool: pool.id, worker: address, reason });
    },
    requestError: (error: TacetError) => log.error('internal_error', { error: error.cause }),
  };
}
