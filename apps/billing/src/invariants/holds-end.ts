import type { Invariant } from './invariant.ts';

/**
 * A restarted edge's old holds are gone 10 s after its start (a look may fall into the seconds around it: 30 s are waited), a lost
 * edge's 120 s after its session expired.
 */
export const holdsEnd: Invariant = {
  number: 10,
  sentence: 'Nothing is held for an epoch that ended: not after a restart, and not for a lost edge.',
  kind: 'hold_stays',
  query: `
    SELECT s.edge_id || ' epoch ' || l.epoch AS subject, NULL::uuid AS account_id, 0::bigint AS expected, l.hold::bigint AS found,
           CASE WHEN l.epoch < s.epoch THEN s.epoch_since > clock_timestamp() - interval '30 s'
                WHEN s.released THEN false
                ELSE s.expires_at > clock_timestamp() - interval '120 s' END AS holds
      FROM billing.edge_session s
      JOIN (SELECT edge_id, epoch, sum(granted - spent) AS hold FROM billing.spend_lease WHERE granted > spent GROUP BY 1, 2) AS l USING (edge_id)
     WHERE l.epoch <= s.epoch AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL AND $3::bigint IS NOT DISTINCT FROM $3
    UNION ALL
    SELECT edge_id::text, NULL, 0, 0, true FROM billing.edge_session`,
};
