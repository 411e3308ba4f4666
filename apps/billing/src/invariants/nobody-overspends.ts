import type { Invariant } from './invariant.ts';

/** posted − held ≥ −overdraft, for every account, always. */
export const nobodyOverspends: Invariant = {
  number: 5,
  sentence: 'No account has spent and promised more than it has and may overdraw.',
  kind: 'below_overdraft',
  query: `
    SELECT b.account_id::text AS subject, b.account_id, -b.overdraft AS expected, b.posted - b.held AS found,
           b.posted - b.held >= -b.overdraft AS holds
      FROM billing.balance b
     WHERE b.account_id > $1::uuid AND b.account_id <= $2::uuid AND $3::bigint IS NOT DISTINCT FROM $3`,
};
