import type { Invariant } from './invariant.ts';

/**
 * Every synced record of an outbox has its effect at rest. Records come from sequences without gaps, so it is enough that no
 * request claims a seq beyond what counts as applied, and that what an edge wrote before its present epoch has been applied
 * ten minutes after that epoch began.
 */
export const recordsHaveEffect: Invariant = {
  number: 7,
  sentence: 'Every record that an edge wrote down has been applied, in order, and none is ahead of its sequence.',
  kind: 'record_without_effect',
  query: `
    SELECT s.edge_id || ' partition ' || n - 1 AS subject, NULL::uuid AS account_id, s.base[n] AS expected, coalesce(g.applied, 0) AS found,
           coalesce(g.applied, 0) >= s.base[n] OR s.released OR s.epoch_since > clock_timestamp() - interval '10 minutes' AS holds
      FROM billing.edge_session s CROSS JOIN generate_series(1, 12) AS n
      LEFT JOIN billing.edge_progress g ON g.edge_id = s.edge_id AND g.partition = n - 1
    UNION ALL
    SELECT u.edge_id || ' partition ' || u.partition, NULL, u.seq, coalesce(g.applied, 0), coalesce(g.applied, 0) >= u.seq
      FROM (SELECT edge_id, billing.partition_of(account_id) AS partition, max(seq) AS seq
              FROM (SELECT edge_id, account_id, max(seq) AS seq FROM billing.usage_request WHERE $3::bigint IS NULL
                     GROUP BY edge_id, account_id) AS a GROUP BY 1, 2) AS u
      LEFT JOIN billing.edge_progress g ON g.edge_id = u.edge_id AND g.partition = u.partition
     WHERE $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL`,
};
