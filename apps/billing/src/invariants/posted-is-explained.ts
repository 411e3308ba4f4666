import type { Invariant } from './invariant.ts';

/** posted = Σ transfers − Σ open periods, for every account. */
export const postedIsExplained: Invariant = {
  number: 1,
  sentence: 'What an account has is the sum of its transfers less its open periods.',
  kind: 'posted_differs',
  query: `
    SELECT b.account_id::text AS subject, b.account_id, (credits.sum - debits.sum - open.sum)::bigint AS expected, b.posted AS found,
           b.posted = credits.sum - debits.sum - open.sum AS holds
      FROM billing.balance b
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount), 0) AS sum
         FROM billing.ledger_transfer WHERE credit_account = 'customer:' || b.account_id) AS credits
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount), 0) AS sum
         FROM billing.ledger_transfer WHERE debit_account = 'customer:' || b.account_id) AS debits
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(charged), 0) AS sum
         FROM billing.usage_period u WHERE u.account_id = b.account_id AND NOT u.closed) AS open
     WHERE b.account_id > $1::uuid AND b.account_id <= $2::uuid AND $3::bigint IS NOT DISTINCT FROM $3`,
};
