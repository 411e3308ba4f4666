import { transaction, type Pool, type Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { customerAccount, readBalance } from '../ledger/balance.ts';
import { transferId } from '../ledger/transfer-id.ts';
import { amountNanoMax } from '../limits.ts';
import { idField, integerField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Credits an account out of `promo`. The same grant id is the same grant, and must name the same account and amount. */
export function createGrantCredit(pool: Pool): LedgerHandler<'GrantCredit'> {
  return async (request) => {
    const accountId = idField('account_id', request.accountId);
    const grantId = idField('grant_id', request.grantId);
    const amountNano = integerField('amount_nano', request.amountNano, 1n, amountNanoMax);
    return transaction(pool, async (connection) => {
      const { rows } = await connection.query<{ state: string }>('SELECT state FROM billing.balance WHERE account_id = $1 FOR UPDATE', [
        accountId,
      ]);
      const [balance] = rows;
      if (!balance) throw new TacetError('not_found', { param: 'account_id' });
      if (await grant(connection, accountId, grantId, amountNano)) {
        if (balance.state === 'closing') throw new TacetError('conflict', { message: 'The account is being deleted.' });
        await connection.query('UPDATE billing.balance SET posted = posted + $2 WHERE account_id = $1', [accountId, amountNano]);
      }
      return readBalance(connection, accountId);
    });
  };
}

/** Whether the grant is new. Throws `conflict` when its id was used for another account or amount. */
async function grant(connection: Queryable, accountId: string, grantId: string, amountNano: bigint): Promise<boolean> {
  const values = [transferId('grant', grantId), customerAccount(accountId), amountNano, grantId];
  const { rowCount } = await connection.query(
    `INSERT INTO billing.ledger_transfer (transfer_id, debit_account, credit_account, amount, kind, reference)
     VALUES ($1, 'promo', $2, $3, 'grant', $4) ON CONFLICT (transfer_id) DO NOTHING`,
    values,
  );
  if (rowCount === 1) return true;
  const { rows } = await connection.query(
    'SELECT FROM billing.ledger_transfer WHERE transfer_id = $1 AND credit_account = $2 AND amount = $3',
    values.slice(0, 3),
  );
  if (rows.length === 0)
    throw new TacetError('conflict', { param: 'grant_id', message: 'The grant was made with another account or amount.' });
  return false;
}
