import type { Log } from '@tacet/service';

/** Everything that the pruner reports, one function each: names of tables and counts. */
export interface Events {
  rowsDeleted(table: string, count: number, ms: number): void;
  epochsDestroyed(count: number): void;
  vacuumed(table: string, ms: number): void;
  /** A part of a sweep failed; the others went on, and the next sweep tries again. */
  stepFailed(step: string, error: unknown): void;
}

/** Binds the events to a log. */
export function createEvents(log: Log): Events {
  return {
    rowsDeleted: (table, count, ms) => log.info('rows_deleted', { name: table, count, ms: Math.round(ms) }),
    epochsDestroyed: (count) => log.info('epochs_destroyed', { count }),
    vacuumed: (table, ms) => log.info('vacuumed', { name: table, ms: Math.round(ms) }),
    stepFailed: (step, error) => log.error('step_failed', { step, error }),
  };
}
