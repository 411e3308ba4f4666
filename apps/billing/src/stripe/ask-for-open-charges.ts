import type { Queryable } from '@tacet/database';

/**
 * Has what came of auto top-ups looked at that were charged a while ago and are still open: a bank debit takes days, and the event that
 * ends it may be lost. `nowMs` tells one look from the next.
 */
export async function askForOpenCharges(database: Queryable, nowMs: number): Promise<void> {
  await database.query(
    `INSERT INTO billing.stripe_event (event_id, type, object_id)
     SELECT 'own ' || call_id || ' ' || $1::bigint, 'payment_intent.succeeded', object_id FROM billing.stripe_call
      WHERE kind = 'auto_top_up' AND state = 'open' AND object_id IS NOT NULL AND created_at < now() - interval '1 hour'
     ON CONFLICT (event_id) DO NOTHING`,
    [nowMs],
  );
}
