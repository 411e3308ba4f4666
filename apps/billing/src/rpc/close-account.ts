import type { Pool } from '@tacet/database';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Refuses new leases of an account for good, and answers whether all of its leases are closed. An account that is no more is. */
export function createCloseAccount(pool: Pool): LedgerHandler<'CloseAccount'> {
  return async (request) => {
    const { rows } = await pool.query<{ leases: bigint | null }>('SELECT billing.close_account($1, $2) AS leases', [
      idField('account_id', request.accountId),
      request.force,
    ]);
    const openLeases = Number(rows[0]?.leases ?? 0n);
    return { closed: request.force || openLeases === 0, openLeases };
  };
}
