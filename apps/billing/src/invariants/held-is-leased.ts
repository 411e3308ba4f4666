import type { Invariant } from './invariant.ts';

/** held = Σ max(granted − spent, 0), for every account. */
export const heldIsLeased: Invariant = {
  number: 4,
  sentence: 'What is held of an account is what its leases have been granted and have not spent.',
  kind: 'held_differs',
  query: `
    SELECT b.account_id::text AS subject, b.account_id, leases.sum::bigint AS expected, b.held AS found, b.held = leases.sum AS holds
      FROM billing.balance b
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(greatest(granted - spent, 0)), 0) AS sum FROM billing.spend_lease l WHERE l.account_id = b.account_id) AS leases
     WHERE b.account_id > $1::uuid AND b.account_id <= $2::uuid AND $3::bigint IS NOT DISTINCT FROM $3`,
};
