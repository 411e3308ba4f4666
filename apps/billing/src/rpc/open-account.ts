import { transaction, type Pool } from '@tacet/database';
import { customerAccount } from '../ledger/balance.ts';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** Makes the balance of a new account. */
export function createOpenAccount(pool: Pool): LedgerHandler<'OpenAccount'> {
  return async (request) => {
    const accountId = idField('account_id', request.accountId);
    await transaction(pool, async (connection) => {
      await connection.query('INSERT INTO billing.balance (account_id) VALUES ($1) ON CONFLICT DO NOTHING', [accountId]);
      await connection.query('INSERT INTO billing.customer (account_id) VALUES ($1) ON CONFLICT DO NOTHING', [accountId]);
      await connection.query('INSERT INTO billing.ledger_account (name) VALUES ($1) ON CONFLICT DO NOTHING', [customerAccount(accountId)]);
    });
    return {};
  };
}
