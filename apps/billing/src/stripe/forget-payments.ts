import type { Queryable } from '@tacet/database';
import { paymentEventDaysKept } from '../limits.ts';

/** Removes events that were looked at, after their days: what they were about is known by its object. */
export async function forgetPayments(database: Queryable): Promise<void> {
  await database.query("DELETE FROM billing.stripe_event WHERE outcome IS NOT NULL AND received_at < now() - $1 * interval '1 day'", [
    paymentEventDaysKept,
  ]);
}
