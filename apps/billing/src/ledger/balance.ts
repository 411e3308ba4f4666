import type { Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Balance } from '@tacet/rpc/types/ledger/v1/Balance';
import { idBytes } from '../rpc/fields.ts';

/** The name of an account in the double-entry ledger. */
export function customerAccount(accountId: string): string {
  return `customer:${accountId}`;
}

/** What an account has. Throws `not_found`. */
export async function readBalance(connection: Queryable, accountId: string): Promise<Balance> {
  const { rows } = await connection.query<{ posted: bigint; held: bigint; overdraft: bigint; state: string }>(
    'SELECT posted, held, overdraft, state FROM billing.balance WHERE account_id = $1',
    [accountId],
  );
  const [row] = rows;
  if (!row) throw new TacetError('not_found', { param: 'account_id' });
  return {
    accountId: idBytes(accountId),
    postedNano: row.posted.toString(),
    heldNano: row.held.toString(),
    overdraftNano: row.overdraft.toString(),
    availableNano: (row.posted - row.held + row.overdraft).toString(),
    suspended: row.state !== 'open',
  };
}
