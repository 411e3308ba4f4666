import type { Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Payments } from '@tacet/rpc/types/ledger/v1/Payments';

interface Row {
  readonly customer: boolean;
  readonly subscribed: boolean;
  readonly below: bigint | null;
  readonly amount: bigint | null;
  readonly month_max: bigint | null;
  readonly declined: boolean;
  readonly month: bigint;
  readonly debt: bigint;
}

/** What is known of an account's payments; `open`: Stripe is set up here. Throws `not_found`. */
export async function readPayments(database: Queryable, accountId: string, open: boolean): Promise<Payments> {
  const { rows } = await database.query<Row>(
    `SELECT stripe_customer_id IS NOT NULL AS customer, stripe_subscription_id IS NOT NULL AS subscribed, topup_below_nano AS below,
            topup_amount_nano AS amount, topup_month_max_nano AS month_max, topup_failed AS declined,
            (SELECT coalesce(sum(amount_nano), 0)::bigint FROM billing.stripe_call s
              WHERE s.account_id = c.account_id AND s.kind = 'auto_top_up' AND s.state <> 'failed'
                AND s.created_at >= date_trunc('month', now(), 'UTC')) AS month,
            (SELECT coalesce(sum(owed_nano), 0)::bigint FROM billing.stripe_reversal r WHERE r.account_id = c.account_id AND r.active) AS debt
       FROM billing.customer c WHERE account_id = $1`,
    [accountId],
  );
  const [row] = rows;
  if (!row) throw new TacetError('not_found', { param: 'account_id' });
  return {
    open,
    customer: row.customer,
    subscribed: row.subscribed,
    autoTopUp:
      row.amount === null || row.below === null || row.month_max === null
        ? null
        : {
            belowNano: row.below.toString(),
            amountNano: row.amount.toString(),
            monthMaxNano: row.month_max.toString(),
            declined: row.declined,
            monthNano: row.month.toString(),
          },
    debtNano: row.debt.toString(),
  };
}
