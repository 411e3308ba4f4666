import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Forfeits the balance and removes every row of an account that was closed before, else `conflict`. */
export function createForgetAccount(pool: Pool): LedgerHandler<'ForgetAccount'> {
  return async (request) => {
    const accountId = idField('account_id', request.accountId);
    return transaction(pool, async (connection) => {
      const { rows: states } = await connection.query<{ state: string }>(
        'SELECT state FROM billing.balance WHERE account_id = $1 FOR UPDATE',
        [accountId],
      );
      if (states[0] && states[0].state !== 'closing') throw new TacetError('conflict', { message: 'The account is not closed yet.' });
      const { rows } = await connection.query<{ removed: Record<string, number>; forfeited: bigint }>(
        'SELECT * FROM billing.forget_account($1)',
        [accountId],
      );
      const [{ removed, forfeited } = { removed: {}, forfeited: 0n }] = rows;
      return {
        removed: Object.fromEntries(Object.entries(removed).map(([table, count]) => [table, count.toString()])),
        forfeitedNano: forfeited.toString(),
      };
    });
  };
}
