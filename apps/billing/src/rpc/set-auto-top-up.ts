import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { AutoTopUp__Output as AutoTopUp } from '@tacet/rpc/types/ledger/v1/AutoTopUp';
import { topUpMonthNanoMax, topUpNanoMax } from '../limits.ts';
import { readPayments } from '../stripe/read-payments.ts';
import type { Payments } from '../stripe/start-payments.ts';
import { idField, integerField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';
import { centsField, openPayments, purchaseField } from './payment-fields.ts';

/** Turns auto top-up on or off; setting it again lifts a decline. */
export function createSetAutoTopUp(pool: Pool, payments: Payments | undefined): LedgerHandler<'SetAutoTopUp'> {
  return async (request) => {
    const { wake } = openPayments(payments);
    const accountId = idField('account_id', request.accountId);
    const { below, amount, monthMax } = fields(request.autoTopUp);
    const { rowCount } = await pool.query(
      `UPDATE billing.customer SET topup_below_nano = $2, topup_amount_nano = $3, topup_month_max_nano = $4, topup_failed = false
        WHERE account_id = $1`,
      [accountId, below, amount, monthMax],
    );
    if (rowCount !== 1) throw new TacetError('not_found', { param: 'account_id' });
    wake();
    return readPayments(pool, accountId, true);
  };
}

function fields(wish: AutoTopUp | null) {
  if (wish === null) return { below: null, amount: null, monthMax: null };
  const amount = purchaseField('amount_nano', wish.amountNano);
  return {
    amount,
    below: centsField('below_nano', integerField('below_nano', wish.belowNano, 0n, topUpNanoMax)),
    // Less than one top-up would be none.
    monthMax: centsField('month_max_nano', integerField('month_max_nano', wish.monthMaxNano, amount, topUpMonthNanoMax)),
  };
}
