import type { Queryable } from '@tacet/database';
import { customerAccount } from '../ledger/balance.ts';
import { clearingAccount, postTransfer } from './post-transfer.ts';
import { settleDebts } from './settle-debts.ts';

/** Money that came in. */
export interface Credit {
  /** What it came by: a Checkout Session, an invoice, a payment intent. */
  readonly objectId: string;
  readonly accountId: string;
  readonly kind: 'top_up' | 'subscription' | 'auto_top_up';
  /** None when nothing was charged: a discount of all. */
  readonly paymentIntentId: string | undefined;
  /** What the account gets, and what was paid for it. nano-USD. */
  readonly amountNano: bigint;
  readonly paidNano: bigint;
}

/** `credited` now; `known` before; `gone`: there is no such account any more, so the money has to go back. */
export type CreditOutcome = 'credited' | 'known' | 'gone';

/** Credits an account, once for each object. Runs in the caller's transaction. */
export async function applyCredit(connection: Queryable, credit: Credit): Promise<CreditOutcome> {
  const { objectId, accountId, kind, paymentIntentId, amountNano, paidNano } = credit;
  const { rows: balances } = await connection.query<{ state: string }>('SELECT state FROM billing.balance WHERE account_id = $1 FOR UPDATE', [
    accountId,
  ]);
  const { rows: known } = await connection.query('SELECT FROM billing.stripe_credit WHERE object_id = $1', [objectId]);
  if (known.length > 0) return 'known';
  if (!balances[0] || balances[0].state === 'closing') return 'gone';
  await connection.query(
    `INSERT INTO billing.stripe_credit (object_id, account_id, kind, payment_intent_id, amount_nano, paid_nano)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [objectId, accountId, kind, paymentIntentId ?? null, amountNano, paidNano],
  );
  await postTransfer(connection, { kind, objectId, part: '', debit: clearingAccount, credit: customerAccount(accountId), amountNano });
  await connection.query('UPDATE billing.balance SET posted = posted + $2 WHERE account_id = $1', [accountId, amountNano]);
  await settleDebts(connection, accountId);
  return 'credited';
}
