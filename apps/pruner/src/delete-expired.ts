import { setTimeout as sleep } from 'node:timers/promises';
import { isPostgresError, transaction, type Pool } from '@tacet/database';
import { expiringTables, type ExpiringTable } from './expiring-tables.ts';
import { batchMsMax, batchRowsMax, pauseMsMax, pauseShare } from './limits.ts';

/** 57014, appendix A of PostgreSQL's manual: the statement took longer than it may. */
const queryCanceled = '57014';

/**
 * Deletes what has expired at `nowMs` in batches, each committed by itself, oldest first, until nothing is left,
 * another pruner is at this table, or `signal` is aborted. Returns how many rows went.
 */
export async function deleteExpired(pool: Pool, table: ExpiringTable, nowMs: number, signal: AbortSignal): Promise<number> {
  let deleted = 0;
  for (let size = batchRowsMax; !signal.aborted; ) {
    const start = performance.now();
    const count = await deleteBatch(pool, table, nowMs, size).catch((error: unknown): 'too long' => {
      // A conversation can have very many messages.
      if (size > 1 && isPostgresError(error, queryCanceled)) return 'too long';
      throw error;
    });
    if (count === 'elsewhere') break;
    const tookMs = performance.now() - start;
    if (count !== 'too long') {
      deleted += count;
      if (count < size) break;
    }
    size = tookMs > batchMsMax ? Math.max(1, Math.floor(size / 2)) : Math.min(batchRowsMax, size * 2);
    await sleep(Math.min(pauseMsMax, tookMs * pauseShare), undefined, { signal }).catch(() => undefined);
  }
  return deleted;
}

/**
 * One batch in one transaction; `elsewhere`: another pruner is deleting from this table right now. An advisory lock
 * tells, since locking rows (FOR UPDATE SKIP LOCKED) would take the right to change them, which a pruner must not have.
 */
async function deleteBatch(pool: Pool, table: ExpiringTable, nowMs: number, size: number): Promise<number | 'elsewhere'> {
  return transaction(pool, async (connection) => {
    const lock = [advisoryLock, expiringTables.indexOf(table)];
    const { rows } = await connection.query<{ ours: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS ours', lock);
    if (rows[0]?.ours !== true) return 'elsewhere';
    const expired = `SELECT ${table.key} FROM account.${table.name} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`;
    const deletion = `DELETE FROM account.${table.name} WHERE ${table.key} = ANY (ARRAY (${expired}))`;
    const { rowCount } = await connection.query(deletion, [new Date(nowMs), size]);
    return rowCount ?? 0;
  });
}

/** Any number that nothing else in the database takes for a lock. */
const advisoryLock = 7460;

/** For how long the oldest row that should be gone has been there, in milliseconds; 0: there is none. */
export async function oldestOverdueMs(pool: Pool, table: ExpiringTable, nowMs: number): Promise<number> {
  const first = `SELECT min(expires_at) AS oldest FROM account.${table.name} WHERE expires_at <= $1`;
  const { rows } = await pool.query<{ oldest: Date | null }>(first, [new Date(nowMs)]);
  const oldest = rows[0]?.oldest;
  return oldest ? nowMs - oldest.getTime() : 0;
}
