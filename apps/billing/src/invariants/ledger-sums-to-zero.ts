import type { Invariant } from './invariant.ts';

/** The sum over all ledger accounts that exist is zero: no transfer gives to, or takes from, what is not there. */
export const ledgerSumsToZero: Invariant = {
  number: 2,
  sentence: 'The ledger sums to zero.',
  kind: 'ledger_not_zero',
  query: `
    SELECT 'ledger' AS subject, NULL::uuid AS account_id, 0::bigint AS expected, (credits.sum - debits.sum)::bigint AS found,
           credits.sum = debits.sum AS holds
      FROM (SELECT coalesce(sum(t.amount), 0) AS sum FROM billing.ledger_transfer t JOIN billing.ledger_account a ON a.name = t.credit_account) AS credits,
           (SELECT coalesce(sum(t.amount), 0) AS sum FROM billing.ledger_transfer t JOIN billing.ledger_account a ON a.name = t.debit_account) AS debits
     WHERE $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL AND $3::bigint IS NOT DISTINCT FROM $3`,
};
