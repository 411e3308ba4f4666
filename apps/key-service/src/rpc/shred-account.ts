import { setTimeout as sleep } from 'node:timers/promises';
import { isPostgresError, transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import type { AccountDeks } from '../deks/account-deks.ts';
import { deleteAccountKek } from '../keks/account-kek-table.ts';
import { deleteDeks, eraseRemains, lockAccount } from '../deks/dek-table.ts';
import type { Events } from '../events.ts';
import { eraseAttemptsMax, eraseLockMs } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { readAccountId } from './read-account-id.ts';

interface ShredAccountDependencies {
  readonly pool: Pool;
  readonly deks: AccountDeks;
  readonly cacheMs: number;
  readonly backupDays: number;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly now: () => number;
}

const dayMs = 86_400_000;
const retryAfterMs = 5_000;
const pauseMs = 100;
/** 55P03, appendix A of PostgreSQL's manual. */
const lockNotAvailable = '55P03';

/**
 * Destroys all DEKs of an account, in the keystore and on its disk: nothing can be opened from the first commit on,
 * and only when the rows' bytes are gone as well does the call succeed. Until then it is `overloaded`, to be made
 * again; making it again is always right.
 */
export function createShredAccount(dependencies: ShredAccountDependencies): Implementation<'KeyService'>['ShredAccount'] {
  const { pool, deks, cacheMs, backupDays, events, metrics, now } = dependencies;
  return async ({ accountId }) => {
    const account = readAccountId(accountId);
    const name = account.toString('hex');
    const deleted = await transaction(pool, async (connection) => {
      await lockAccount(connection, name);
      await deleteAccountKek(connection, name);
      return deleteDeks(connection, name);
    });
    deks.forget(account);
    metrics.deksShredded(deleted);
    // Caches of other replicas may have been filled until just now.
    const unreadableAfterMs = now() + cacheMs;
    await erase(pool, name, events);
    return { deks: deleted, unreadableAfterMs, backupsEndMs: now() + backupDays * dayMs };
  };
}

/** A backup that reads the partition (pg_dump) holds a lock on it for as long as it runs. Throws `overloaded`. */
async function erase(pool: Pool, account: string, events: Events): Promise<void> {
  for (let attempt = 1; attempt <= eraseAttemptsMax; attempt++) {
    try {
      await transaction(pool, async (connection) => {
        await connection.query(`SET LOCAL lock_timeout = ${eraseLockMs}`);
        await eraseRemains(connection, account);
      });
      return;
    } catch (error) {
      if (!isPostgresError(error, lockNotAvailable)) throw error;
      events.erasureDelayed(attempt);
    }
    await sleep(pauseMs);
  }
  const message = 'The keys are destroyed; what they leave on the disk cannot be erased while a backup reads it.';
  throw new TacetError('overloaded', { message, retryAfterMs });
}
