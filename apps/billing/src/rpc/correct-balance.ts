import { transaction, type Pool, type Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { customerAccount, readBalance } from '../ledger/balance.ts';
import { transferId } from '../ledger/transfer-id.ts';
import { amountNanoMax } from '../limits.ts';
import { idField, integerField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** What a correction may be booked against. */
const counterparts: readonly string[] = ['revenue:usage', 'loss:late', 'loss:bound', 'promo'];

/**
 * Puts something right by a new transfer. Takes no more than is available: what leases hold is promised already. The same
 * correction id is the same correction, and must name the same account, amount and counterpart.
 */
export function createCorrectBalance(pool: Pool): LedgerHandler<'CorrectBalance'> {
  return async (request) => {
    const accountId = idField('account_id', request.accountId);
    const correctionId = idField('correction_id', request.correctionId);
    const amountNano = integerField('amount_nano', request.amountNano, -amountNanoMax, amountNanoMax);
    if (amountNano === 0n) throw new TacetError('field_invalid', { param: 'amount_nano' });
    if (!counterparts.includes(request.counterpart)) throw new TacetError('field_invalid', { param: 'counterpart' });
    return transaction(pool, async (connection) => {
      const { rows } = await connection.query<{ available: bigint }>(
        'SELECT posted - held + overdraft AS available FROM billing.balance WHERE account_id = $1 FOR UPDATE',
        [accountId],
      );
      const [balance] = rows;
      if (!balance) throw new TacetError('not_found', { param: 'account_id' });
      if (await correct(connection, accountId, correctionId, amountNano, request.counterpart)) {
        if (amountNano < -balance.available) throw new TacetError('insufficient_balance');
        await connection.query('UPDATE billing.balance SET posted = posted + $2 WHERE account_id = $1', [accountId, amountNano]);
      }
      return readBalance(connection, accountId);
    });
  };
}

/** Whether the correction is new. Throws `conflict` when its id was used for another one. */
async function correct(connection: Queryable, accountId: string, id: string, amountNano: bigint, counterpart: string): Promise<boolean> {
  const customer = customerAccount(accountId);
  const [debit, credit] = amountNano > 0n ? [counterpart, customer] : [customer, counterpart];
  const values = [transferId('correction', id), debit, credit, amountNano > 0n ? amountNano : -amountNano];
  const { rowCount } = await connection.query(
    `INSERT INTO billing.ledger_transfer (transfer_id, debit_account, credit_account, amount, kind, reference)
     VALUES ($1, $2, $3, $4, 'correction', $5) ON CONFLICT (transfer_id) DO NOTHING`,
    [...values, id],
  );
  if (rowCount === 1) return true;
  const { rows } = await connection.query(
    'SELECT FROM billing.ledger_transfer WHERE transfer_id = $1 AND debit_account = $2 AND credit_account = $3 AND amount = $4',
    values,
  );
  if (rows.length === 0)
    throw new TacetError('conflict', { param: 'correction_id', message: 'The correction was made with another account, amount or counterpart.' });
  return false;
}
