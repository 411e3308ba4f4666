import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { recordRevision } from '../directory/record-revision.ts';
import { idBytes } from '../identifiers.ts';
import type { Peers } from '../peers.ts';
import { accountColumns, toAccount, type Account, type AccountRow } from './account.ts';

/**
 * Suspends an account or allows it again: tells the edges, then the ledger. Repeating it is harmless, and repairs
 * a call that failed between the two. Throws `not_found`, and `conflict` while it is opening or being deleted.
 */
export async function suspendAccount(pool: Pool, ledger: Peers['ledger'], accountId: string, suspended: boolean): Promise<Account> {
  const account = await transaction(pool, async (connection) => {
    const { rows } = await connection.query<AccountRow>(
      `UPDATE account.account SET status = CASE WHEN status IN ('active', 'suspended') THEN $2 ELSE status END
       WHERE account_id = $1 RETURNING ${accountColumns}`,
      [accountId, suspended ? 'suspended' : 'active'],
    );
    if (!rows[0]) throw new TacetError('not_found');
    const changed = toAccount(rows[0]);
    if (changed.status === 'opening' || changed.status === 'deleting')
      throw new TacetError('conflict', { message: `The account is ${changed.status}.` });
    await recordRevision(connection, { accountId });
    return changed;
  });
  await ledger.SuspendAccount({ accountId: idBytes(accountId), suspended });
  return account;
}
