import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { readBalance } from '../ledger/balance.ts';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Stops, or allows again, all spending of an account; one that is being deleted stays stopped. */
export function createSuspendAccount(pool: Pool): LedgerHandler<'SuspendAccount'> {
  return async (request) => {
    const accountId = idField('account_id', request.accountId);
    const { rows } = await pool.query<{ state: string | null }>('SELECT billing.set_state($1, $2) AS state', [
      accountId,
      request.suspended ? 'suspended' : 'open',
    ]);
    // What the operator decides stays, whatever is paid or charged back.
    await pool.query('UPDATE billing.customer SET suspended_for_debt = false WHERE account_id = $1', [accountId]);
    if (!rows[0]?.state) throw new TacetError('not_found', { param: 'account_id' });
    return readBalance(pool, accountId);
  };
}
