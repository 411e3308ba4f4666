import type { Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';

/** Something that is asked of Stripe. */
export interface StoredCall {
  readonly callId: string;
  readonly accountId: string;
  readonly kind: 'customer' | 'top_up' | 'subscription' | 'refund' | 'auto_top_up';
  readonly amountNano: bigint;
  /** What it is about; empty when that is the account alone. */
  readonly target: string;
}

/** The key by which Stripe knows a repeated call again. */
export function idempotencyKey(callId: string): string {
  return `tacet-${callId}`;
}

/** Writes a call down before it is made; one that is written already must be the same, else `conflict`. */
export async function storeCall(database: Queryable, { callId, accountId, kind, amountNano, target }: StoredCall): Promise<void> {
  const values = [callId, accountId, kind, amountNano, target];
  const { rowCount } = await database.query(
    `INSERT INTO billing.stripe_call (call_id, account_id, kind, amount_nano, target) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (call_id) DO NOTHING`,
    values,
  );
  if (rowCount === 1) return;
  const { rows } = await database.query(
    `SELECT FROM billing.stripe_call WHERE call_id = $1 AND account_id = $2 AND kind = $3 AND amount_nano = $4 AND target = $5`,
    values,
  );
  if (rows.length === 0) throw new TacetError('conflict', { param: 'request_id', message: 'The request id was used for something else.' });
}

/** Notes what Stripe made. */
export async function finishCall(database: Queryable, callId: string, objectId: string): Promise<void> {
  await database.query("UPDATE billing.stripe_call SET state = 'done', object_id = $2 WHERE call_id = $1", [callId, objectId]);
}
