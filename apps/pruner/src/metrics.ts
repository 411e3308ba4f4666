import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { expiringTables, type ExpiringTable } from './expiring-tables.ts';

type Table = ExpiringTable['name'];

/** All metrics of the pruner. The one label is the table. */
export interface Metrics {
  rowsDeleted(table: Table, count: number): void;
  /** For how long the oldest row that should be gone has been there; measured at the start and the end of a sweep. */
  oldestOverdue(table: Table, seconds: number): void;
  epochsDestroyed(count: number): void;
  sweep(seconds: number, isComplete: boolean, nowMs: number): void;
}

export function createMetrics(registry: Registry): Metrics {
  const registers = [registry];
  const deleted = new Counter({ name: 'tacet_pruner_rows_deleted_total', help: 'Expired rows deleted', labelNames: ['table'], registers });
  const overdue = new Gauge({
    name: 'tacet_pruner_oldest_overdue_seconds',
    help: 'For how long the oldest row that should be gone has been there',
    labelNames: ['table'],
    registers,
  });
  const epochs = new Counter({ name: 'tacet_pruner_epochs_destroyed_total', help: 'Epoch secrets destroyed at our request', registers });
  const sweeps = new Histogram({ name: 'tacet_pruner_sweep_seconds', help: 'Duration of sweeps', buckets: [0.01, 0.1, 1, 10, 60, 300], registers });
  const failed = new Counter({ name: 'tacet_pruner_sweeps_failed_total', help: 'Sweeps of which a part failed', registers });
  const last = new Gauge({
    name: 'tacet_pruner_last_complete_sweep_timestamp_seconds',
    help: 'When the last sweep ended that did everything',
    registers,
  });
  for (const { name } of expiringTables) {
    deleted.inc({ table: name }, 0);
    overdue.set({ table: name }, 0);
  }
  return {
    rowsDeleted: (table, count) => deleted.inc({ table }, count),
    oldestOverdue: (table, seconds) => overdue.set({ table }, seconds),
    epochsDestroyed: (count) => epochs.inc(count),
    sweep: (seconds, isComplete, nowMs) => {
      sweeps.observe(seconds);
      if (isComplete) last.set(nowMs / 1_000);
      else failed.inc();
    },
  };
}
