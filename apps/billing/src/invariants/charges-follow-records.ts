import type { Invariant } from './invariant.ts';

/** Per request of a normal key: charge = charge(price version, last record), and the lease paid no more than was reserved. */
export const chargesFollowRecords: Invariant = {
  number: 3,
  sentence: 'Each request is charged what its last record costs at its price, and no more than was reserved.',
  kind: 'charge_differs',
  query: `
    SELECT u.request_id::text AS subject, u.account_id, c.charge AS expected, u.charge AS found,
           u.charge = c.charge AND u.billed = least(c.charge, u.reserved) AS holds
      FROM (SELECT * FROM billing.usage_request ORDER BY request_id DESC LIMIT $3::bigint) AS u
      LEFT JOIN billing.price p USING (price_version)
     CROSS JOIN LATERAL (
       SELECT billing.charge(u.input_tokens, u.cached_tokens, u.output_tokens, p.input_pico, p.cached_pico, p.output_pico) AS charge) AS c
     WHERE $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL`,
};
