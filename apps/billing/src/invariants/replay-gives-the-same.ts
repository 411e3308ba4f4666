import type { Invariant } from './invariant.ts';

/**
 * Replaying everything gives identical balances. Requests give periods: what their last records billed is what the sums hold (or
 * at most, where the first days of requests are not kept any more), and open totals of no-log keys are within their months.
 * Closed periods give transfers. Balances follow from those (invariant 1). A part of the books: the periods of the last 40 days.
 */
export const replayGivesTheSame: Invariant = {
  number: 9,
  sentence: 'Replaying all records gives the same sums, and all closed sums give the same transfers.',
  kind: 'replay_differs',
  query: `
    WITH account AS (
      SELECT account_id, 'customer:' || account_id AS name FROM billing.balance WHERE account_id > $1::uuid AND account_id <= $2::uuid
    ), closed AS (
      SELECT u.account_id, CASE WHEN no_log THEN to_char(period, 'YYYY-MM') ELSE to_char(period, 'YYYY-MM-DD') END AS reference,
             sum(charged) AS charged
        FROM account a JOIN billing.usage_period u USING (account_id)
       WHERE closed AND ($3::bigint IS NULL OR period > billing.today() - CASE WHEN no_log THEN 70 ELSE 40 END) GROUP BY 1, 2
    ), since AS (
      -- A period becomes a transfer after its end: none of those above is older.
      SELECT CASE WHEN $3::bigint IS NULL THEN '-infinity' ELSE now() - interval '75 days' END AS time
    ), posted AS (
      SELECT account_id, reference, sum(amount) AS amount FROM (
        SELECT a.account_id, t.reference, t.amount FROM since s, account a
          JOIN billing.ledger_transfer t ON t.debit_account = a.name AND t.kind = 'usage' WHERE t.created_at > s.time
        UNION ALL
        SELECT a.account_id, t.reference, -t.amount FROM since s, account a
          JOIN billing.ledger_transfer t ON t.credit_account = a.name AND t.kind = 'usage' WHERE t.created_at > s.time
      ) AS t GROUP BY 1, 2
    )
    SELECT c.account_id || ' ' || c.reference AS subject, c.account_id, c.charged::bigint AS expected, coalesce(p.amount, 0)::bigint AS found,
           c.charged = coalesce(p.amount, 0) AS holds
      FROM closed c LEFT JOIN posted p USING (account_id, reference)
    UNION ALL
    SELECT a.account_id || ' requests', a.account_id, coalesce(u.billed, 0)::bigint, coalesce(p.charged, 0)::bigint,
           CASE WHEN p.first < billing.today() - 80 THEN coalesce(p.charged, 0) >= coalesce(u.billed, 0)
                ELSE coalesce(p.charged, 0) = coalesce(u.billed, 0) END
      FROM account a
      LEFT JOIN (SELECT account_id, sum(billed - late) AS billed FROM billing.usage_request WHERE $3::bigint IS NULL GROUP BY 1) AS u USING (account_id)
      LEFT JOIN (SELECT account_id, sum(charged) AS charged, min(period) AS first FROM billing.usage_period
                  WHERE NOT no_log AND $3::bigint IS NULL GROUP BY 1) AS p USING (account_id)
    UNION ALL
    SELECT a.account_id || ' no-log', a.account_id, t.billed::bigint, coalesce(p.charged, 0)::bigint, coalesce(p.charged, 0) >= t.billed
      FROM account a JOIN (SELECT account_id, sum(billed - late) AS billed FROM billing.nolog_total GROUP BY 1) AS t USING (account_id)
     CROSS JOIN LATERAL (SELECT sum(charged) AS charged FROM billing.usage_period u WHERE u.account_id = a.account_id AND u.no_log) AS p`,
};
