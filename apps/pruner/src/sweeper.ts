import type { Pool } from '@tacet/database';
import type { RpcClient } from '@tacet/rpc';
import { deleteExpired, oldestOverdueMs } from './delete-expired.ts';
import type { Events } from './events.ts';
import { expiringTables, type ExpiringTable } from './expiring-tables.ts';
import { destroyEpochsMs, vacuumRowsMin } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { vacuum } from './vacuum.ts';

export interface SweeperOptions {
  readonly pool: Pool;
  readonly keys: Pick<RpcClient<'KeyService'>, 'DestroyEpochs'>;
  readonly events: Events;
  readonly metrics: Metrics;
}

/**
 * Sweeps: what has expired is deleted, then the secrets of past epochs are destroyed, then room is given back. A part
 * that fails keeps none of the others from being done.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  /** Rows that each table has lost since its last VACUUM. */
  readonly #lost = new Map<ExpiringTable, number>();

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** One sweep, as of `nowMs`. True: everything was done (or the signal stopped it). */
  async sweep(nowMs: number, signal: AbortSignal): Promise<boolean> {
    const start = performance.now();
    const results: boolean[] = [];
    for (const table of expiringTables) results.push(await this.#attempt(table.name, () => this.#sweepTable(table, nowMs, signal)));
    results.push(await this.#attempt('epochs', () => this.#destroyEpochs(signal)));
    for (const table of expiringTables) results.push(await this.#attempt('vacuum', () => this.#vacuumAfter(table, signal)));
    const isComplete = results.every(Boolean);
    this.#options.metrics.sweep((performance.now() - start) / 1_000, isComplete, Date.now());
    return isComplete;
  }

  async #attempt(step: string, run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      this.#options.events.stepFailed(step, error);
      return false;
    }
  }

  async #sweepTable(table: ExpiringTable, nowMs: number, signal: AbortSignal): Promise<void> {
    const { pool, events, metrics } = this.#options;
    const start = performance.now();
    metrics.oldestOverdue(table.name, (await oldestOverdueMs(pool, table, nowMs)) / 1_000);
    const count = await deleteExpired(pool, table, nowMs, signal);
    metrics.oldestOverdue(table.name, (await oldestOverdueMs(pool, table, nowMs)) / 1_000);
    if (count === 0) return;
    this.#lost.set(table, (this.#lost.get(table) ?? 0) + count);
    metrics.rowsDeleted(table.name, count);
    events.rowsDeleted(table.name, count, performance.now() - start);
  }

  async #destroyEpochs(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { keys, events, metrics } = this.#options;
    const { destroyed } = await keys.DestroyEpochs({}, { deadlineMs: destroyEpochsMs, signal });
    if (destroyed === 0) return;
    metrics.epochsDestroyed(destroyed);
    events.epochsDestroyed(destroyed);
  }

  async #vacuumAfter(table: ExpiringTable, signal: AbortSignal): Promise<void> {
    if (signal.aborted || (this.#lost.get(table) ?? 0) < vacuumRowsMin) return;
    const start = performance.now();
    await vacuum(this.#options.pool, table.vacuumed);
    this.#lost.delete(table);
    this.#options.events.vacuumed(table.name, performance.now() - start);
  }
}
