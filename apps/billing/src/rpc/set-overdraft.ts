import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { readBalance } from '../ledger/balance.ts';
import { amountNanoMax } from '../limits.ts';
import { idField, integerField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Sets how far below zero an account may go. What it uses or holds of it already cannot be taken away: `conflict`. */
export function createSetOverdraft(pool: Pool): LedgerHandler<'SetOverdraft'> {
  return async (request) => {
    const accountId = idField('account_id', request.accountId);
    const overdraftNano = integerField('overdraft_nano', request.overdraftNano, 0n, amountNanoMax);
    return transaction(pool, async (connection) => {
      const { rows } = await connection.query<{ used: bigint }>(
        'SELECT held - posted AS used FROM billing.balance WHERE account_id = $1 FOR UPDATE',
        [accountId],
      );
      const [balance] = rows;
      if (!balance) throw new TacetError('not_found', { param: 'account_id' });
      if (balance.used > overdraftNano) {
        throw new TacetError('conflict', {
          param: 'overdraft_nano',
          message: 'The account uses more of its overdraft now; suspend it, or set at least what it uses.',
        });
      }
      await connection.query('UPDATE billing.balance SET overdraft = $2 WHERE account_id = $1', [accountId, overdraftNano]);
      return readBalance(connection, accountId);
    });
  };
}
