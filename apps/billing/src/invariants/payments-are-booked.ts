import type { Invariant } from './invariant.ts';

/**
 * The transfers of a Stripe object sum to its amount. By object for those of the last year whose account is still there (older
 * transfers are carried, those of deleted accounts are netted), and over all of them for ever.
 */
export const paymentsAreBooked: Invariant = {
  number: 8,
  sentence: 'The transfers of each payment, refund and dispute sum to its amount.',
  kind: 'payment_differs',
  query: `
    WITH object AS (
      SELECT object_id, account_id, amount_nano AS amount, created_at FROM billing.stripe_credit
      UNION ALL
      SELECT object_id, account_id, CASE WHEN active THEN -amount_nano ELSE 0 END, created_at FROM billing.stripe_reversal
    )
    SELECT o.object_id AS subject, o.account_id, o.amount AS expected, t.sum::bigint AS found, t.sum = o.amount AS holds
      FROM object o
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(CASE WHEN debit_account = 'stripe:clearing' THEN amount ELSE -amount END), 0) AS sum FROM billing.ledger_transfer
        WHERE reference = o.object_id AND 'stripe:clearing' IN (debit_account, credit_account)) AS t
     WHERE o.account_id IS NOT NULL AND o.account_id > $1::uuid AND o.account_id <= $2::uuid
       AND o.created_at > now() - interval '11 months' AND ($3::bigint IS NULL OR o.created_at > now() - interval '2 days')
    UNION ALL
    SELECT 'stripe:clearing', NULL, coalesce((SELECT sum(amount) FROM object), 0)::bigint, (d.sum - c.sum)::bigint,
           d.sum - c.sum = coalesce((SELECT sum(amount) FROM object), 0)
      FROM (SELECT coalesce(sum(amount), 0) AS sum FROM billing.ledger_transfer WHERE debit_account = 'stripe:clearing') AS d,
           (SELECT coalesce(sum(amount), 0) AS sum FROM billing.ledger_transfer WHERE credit_account = 'stripe:clearing') AS c`,
};
