import type { Queryable } from '@tacet/database';

/**
 * An auto top-up was declined: none is tried any more until the customer sets it again. `paymentIntentId`: what Stripe made, if
 * it did. Answers whether that is new.
 */
export async function failAutoTopUp(database: Queryable, callId: string, paymentIntentId: string | undefined): Promise<boolean> {
  const { rowCount } = await database.query(
    `WITH failed AS (
       UPDATE billing.stripe_call SET state = 'failed', object_id = coalesce($2, object_id)
        WHERE call_id::text = $1 AND state = 'open' RETURNING account_id)
     UPDATE billing.customer SET topup_failed = true WHERE account_id IN (SELECT account_id FROM failed)`,
    [callId, paymentIntentId ?? null],
  );
  return rowCount === 1;
}
