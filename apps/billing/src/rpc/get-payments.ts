import type { Pool } from '@tacet/database';
import { readPayments } from '../stripe/read-payments.ts';
import type { Payments } from '../stripe/start-payments.ts';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

/** What is known of an account's payments. */
export function createGetPayments(pool: Pool, payments: Payments | undefined): LedgerHandler<'GetPayments'> {
  return async (request) => readPayments(pool, idField('account_id', request.accountId), payments !== undefined);
}
