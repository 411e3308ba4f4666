import type { Queryable } from '@tacet/database';
import { transferId } from '../ledger/transfer-id.ts';
import type { PaymentKind } from './payment-kind.ts';

/** Where money from and to Stripe passes. */
export const clearingAccount = 'stripe:clearing';

/** What pays in place of accounts that cannot. */
export const chargebackAccount = 'loss:chargeback';

export interface PaymentTransfer {
  readonly kind: PaymentKind;
  /** The object of Stripe that it stands for, and which of its transfers of this kind it is. */
  readonly objectId: string;
  readonly part: string;
  readonly debit: string;
  readonly credit: string;
  readonly amountNano: bigint;
}

/** Adds a transfer; none for zero. Its id follows from what it stands for, so it cannot be made twice: a second one throws. */
export async function postTransfer(connection: Queryable, { kind, objectId, part, debit, credit, amountNano }: PaymentTransfer): Promise<void> {
  if (amountNano === 0n) return;
  await connection.query(
    `INSERT INTO billing.ledger_transfer (transfer_id, debit_account, credit_account, amount, kind, reference)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [transferId(kind, objectId, part), debit, credit, amountNano, kind, objectId],
  );
}
