import type { Invariant } from './invariant.ts';

/** posted = Σ transfers − Σ open periods, for every account. */
export const postedIsExplained: Invariant = {
  number: 1,
  sentence: 'What an account has is the sum of its transfers less its open periods.',
  kind: 'posted_differs',
  query: `
    WITH account AS (
      SELECT account_id, posted, 'customer:' || account_id AS name FROM billing.balance WHERE account_id > $1::uuid AND account_id <= $2::uuid
    ), moved AS (
      SELECT name, sum(amount) AS sum FROM (
        SELECT a.name, t.amount FROM account a JOIN billing.ledger_transfer t ON t.credit_account = a.name
        UNION ALL
        SELECT a.name, -t.amount FROM account a JOIN billing.ledger_transfer t ON t.debit_account = a.name) AS t GROUP BY name
    ), used AS (
      SELECT u.account_id, sum(u.charged) AS sum FROM account a JOIN billing.usage_period u ON u.account_id = a.account_id AND NOT u.closed
       GROUP BY u.account_id
    )
    SELECT a.account_id::text AS subject, a.account_id, (coalesce(m.sum, 0) - coalesce(u.sum, 0))::bigint AS expected, a.posted AS found,
           a.posted = coalesce(m.sum, 0) - coalesce(u.sum, 0) AS holds
      FROM account a LEFT JOIN moved m USING (name) LEFT JOIN used u USING (account_id)
     WHERE $3::bigint IS NOT DISTINCT FROM $3`,
};
