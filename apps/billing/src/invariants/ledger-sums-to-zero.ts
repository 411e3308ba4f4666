import type { Invariant } from './invariant.ts';

/** The sum over all ledger accounts that exist is zero: no transfer gives to, or takes from, what is not there. */
export const ledgerSumsToZero: Invariant = {
  number: 2,
  sentence: 'The ledger sums to zero.',
  kind: 'ledger_not_zero',
  query: `
    SELECT 'ledger' AS subject, NULL::uuid AS account_id, 0::bigint AS expected, sum(balance)::bigint AS found, sum(balance) = 0 AS holds
      FROM (SELECT a.name, (SELECT coalesce(sum(amount), 0) FROM billing.ledger_transfer WHERE credit_account = a.name)
                         - (SELECT coalesce(sum(amount), 0) FROM billing.ledger_transfer WHERE debit_account = a.name) AS balance
              FROM billing.ledger_account a) AS balances
     WHERE $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL AND $3::bigint IS NOT DISTINCT FROM $3`,
};
