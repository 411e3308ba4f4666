import type { Pool } from '@tacet/database';
import { customerAccount } from '../ledger/balance.ts';
import { readRows } from '../ledger/read-rows.ts';
import { idBytes, idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';

interface Row {
  readonly id: string;
  readonly amount: bigint;
  readonly counterpart: string;
  readonly kind: string;
  readonly reference: string;
  readonly created: string;
}

const statement = `
  SELECT transfer_id AS id, CASE WHEN credit_account = $1 THEN amount ELSE -amount END AS amount,
         CASE WHEN credit_account = $1 THEN debit_account ELSE credit_account END AS counterpart, kind, reference,
         floor(extract(epoch FROM created_at) * 1000)::text AS created
    FROM billing.ledger_transfer WHERE debit_account = $1 OR credit_account = $1
   ORDER BY created_at, transfer_id`;

/** Every movement of an account's money, oldest first. */
export function createListTransfers(pool: Pool): LedgerHandler<'ListTransfers'> {
  return async function* (request, { signal }) {
    const accountId = idField('account_id', request.accountId);
    for await (const row of readRows<Row>(pool, statement, [customerAccount(accountId)], signal)) {
      yield {
        transferId: idBytes(row.id),
        amountNano: row.amount.toString(),
        counterpart: row.counterpart,
        kind: row.kind,
        reference: row.reference,
        createdAtMs: row.created,
      };
    }
  };
}
