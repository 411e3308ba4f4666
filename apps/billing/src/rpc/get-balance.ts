import type { Pool } from '@tacet/database';
import { readBalance } from '../ledger/balance.ts';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** What an account has. */
export function createGetBalance(pool: Pool): LedgerHandler<'GetBalance'> {
  return async (request) => readBalance(pool, idField('account_id', request.accountId));
}
