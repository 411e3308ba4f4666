import type { Pool } from '@tacet/database';
import { closeCustomer } from '../stripe/close-customer.ts';
import { paymentError } from '../stripe/payment-error.ts';
import type { Payments } from '../stripe/start-payments.ts';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/**
 * Refuses new leases of an account for good, and answers whether all of its leases are closed. An account that is no more is.
 * With the last lease the customer goes at Stripe; while that does not answer, the account is not closed (`unavailable`).
 */
export function createCloseAccount(pool: Pool, payments?: Payments): LedgerHandler<'CloseAccount'> {
  return async (request) => {
    const accountId = idField('account_id', request.accountId);
    const { rows } = await pool.query<{ leases: bigint | null }>('SELECT billing.close_account($1, $2) AS leases', [accountId, request.force]);
    const openLeases = Number(rows[0]?.leases ?? 0n);
    const closed = request.force || openLeases === 0;
    if (closed && payments) {
      try {
        await closeCustomer(pool, payments.stripe, accountId);
      } catch (error) {
        throw paymentError(error);
      }
    }
    return { closed, openLeases };
  };
}
