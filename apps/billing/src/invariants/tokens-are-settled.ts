import type { Invariant } from './invariant.ts';

/**
 * Worker-sent >= settled >= client-received: what of it the books can show. The sums hold the tokens of the requests' last
 * records and nothing else; a sum may hold more only where the requests of its first days are not kept any more. That the
 * records say what workers sent and clients received is shown by the tests with receipts of the worker.
 */
export const tokensAreSettled: Invariant = {
  number: 6,
  sentence: 'The tokens that are settled are those of the last record of each request: none more, none less.',
  kind: 'tokens_differ',
  wholeOnly: true,
  query: `
    SELECT b.account_id::text AS subject, b.account_id, coalesce(u.tokens, 0)::bigint AS expected, coalesce(p.tokens, 0)::bigint AS found,
           CASE WHEN p.first < billing.today() - 80 THEN coalesce(p.tokens, 0) >= coalesce(u.tokens, 0)
                ELSE coalesce(p.tokens, 0) = coalesce(u.tokens, 0) END AS holds
      FROM billing.balance b
      LEFT JOIN (SELECT account_id, sum(input_tokens::numeric + cached_tokens + output_tokens) AS tokens FROM billing.usage_request
                  GROUP BY account_id) AS u USING (account_id)
      LEFT JOIN (SELECT account_id, sum(input_tokens::numeric + cached_tokens + output_tokens) AS tokens, min(period) AS first
                   FROM billing.usage_period WHERE NOT no_log GROUP BY account_id) AS p USING (account_id)
     WHERE b.account_id > $1::uuid AND b.account_id <= $2::uuid AND $3::bigint IS NOT DISTINCT FROM $3`,
};
