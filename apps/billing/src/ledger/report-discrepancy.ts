import type { Queryable } from '@tacet/database';

/** What can disagree; docs/money.md says of each what it means and what to do. */
export type DiscrepancyKind =
  | 'posted_differs'
  | 'ledger_not_zero'
  | 'charge_differs'
  | 'held_differs'
  | 'below_overdraft'
  | 'unknown_format'
  | 'unknown_price'
  | 'request_conflict'
  | 'record_refused'
  | 'foreign_currency'
  | 'unknown_payment_object'
  | 'payment_unanswered'
  | 'payment_not_in_ledger'
  | 'payment_not_at_stripe'
  | 'payment_amount_differs'
  | 'output_shrank'
  | 'tokens_differ'
  | 'record_without_effect'
  | 'payment_differs'
  | 'hold_stays'
  | 'content_found'
  | 'replay_differs';

/** Something that does not agree. */
export interface Discrepancy {
  readonly kind: DiscrepancyKind;
  /** Ids of what it is about. */
  readonly subject: string;
  /** When it is about one account: the row goes with the account. */
  readonly accountId?: string | undefined;
  /** nano-USD. */
  readonly expected?: bigint | undefined;
  readonly found?: bigint | undefined;
}

/** Writes a discrepancy down; one that is known already counts up. */
export async function reportDiscrepancy(connection: Queryable, { kind, subject, accountId, expected, found }: Discrepancy): Promise<void> {
  await connection.query(
    `INSERT INTO billing.discrepancy AS d (kind, subject, account_id, expected, found) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (kind, subject)
     DO UPDATE SET expected = excluded.expected, found = excluded.found, last_seen_at = now(), times = d.times + 1`,
    [kind, subject, accountId ?? null, expected ?? null, found ?? null],
  );
}
