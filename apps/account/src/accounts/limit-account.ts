import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { recordRevision } from '../directory/record-revision.ts';
import type { RateLimits } from '../keys/key-settings.ts';
import { accountColumns, toAccount, type Account, type AccountRow } from './account.ts';

/** Sets the limits of an account as a whole and tells the edges. Throws `not_found`. */
export function limitAccount(pool: Pool, accountId: string, limits: RateLimits): Promise<Account> {
  return transaction(pool, async (connection) => {
    const { rows } = await connection.query<AccountRow>(
      `UPDATE account.account SET requests_per_minute = $2, tokens_per_minute = $3, concurrent_requests = $4
       WHERE account_id = $1 RETURNING ${accountColumns}`,
      [accountId, limits.requests_per_minute, limits.tokens_per_minute, limits.concurrent_requests],
    );
    if (!rows[0]) throw new TacetError('not_found');
    await recordRevision(connection, { accountId });
    return toAccount(rows[0]);
  });
}
