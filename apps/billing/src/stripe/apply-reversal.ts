import type { Queryable } from '@tacet/database';
import { customerAccount } from '../ledger/balance.ts';
import { chargebackAccount, clearingAccount, postTransfer } from './post-transfer.ts';
import { settleDebts } from './settle-debts.ts';

/** Money that went back, as it is at Stripe now. */
export interface Reversal {
  /** The refund or the dispute. */
  readonly objectId: string;
  readonly kind: 'refund' | 'dispute';
  /** The credit that it is about. */
  readonly creditId: string;
  /** None: the account was deleted. */
  readonly accountId: string | undefined;
  /** What is taken of the credit, and what went at Stripe. nano-USD. */
  readonly amountNano: bigint;
  readonly returnedNano: bigint;
  /** Whether the money is gone; false: it came back, or never went. */
  readonly active: boolean;
}

/** What the ledger has of a reversal. */
interface Known {
  readonly amount: bigint;
  readonly owed: bigint;
  readonly active: boolean;
  readonly round: number;
}

/** Brings the ledger to what a refund or dispute is now. Runs in the caller's transaction. Answers whether something moved. */
export async function applyReversal(connection: Queryable, reversal: Reversal): Promise<boolean> {
  const { objectId, accountId, amountNano, active } = reversal;
  if (accountId !== undefined) await connection.query('SELECT FROM billing.balance WHERE account_id = $1 FOR UPDATE', [accountId]);
  const { rows } = await connection.query<Known>(
    'SELECT amount_nano AS amount, owed_nano AS owed, active, round FROM billing.stripe_reversal WHERE object_id = $1 FOR UPDATE',
    [objectId],
  );
  const [known] = rows;
  const wasActive = known?.active ?? false;
  if (!wasActive && !active) return false;
  if (wasActive && active && known?.amount === amountNano) return false;
  if (wasActive && known) await giveBack(connection, reversal, known);
  if (active) await take(connection, reversal, (known?.round ?? 0) + 1);
  if (accountId !== undefined) await settleDebts(connection, accountId);
  return true;
}

/** The customer pays what is available, the loss the rest. */
async function take(connection: Queryable, reversal: Reversal, round: number): Promise<void> {
  const { objectId, kind, creditId, accountId, amountNano, returnedNano } = reversal;
  const available = accountId === undefined ? 0n : await readAvailable(connection, accountId);
  const paid = available < amountNano ? available : amountNano;
  const owed = amountNano - paid;
  if (accountId !== undefined)
    await move(connection, accountId, { kind, objectId, part: `${round}`, debit: customerAccount(accountId), credit: clearingAccount, amountNano: paid });
  await postTransfer(connection, {
    kind: 'loss_chargeback',
    objectId,
    part: `${round}`,
    debit: chargebackAccount,
    credit: clearingAccount,
    amountNano: owed,
  });
  await connection.query(
    `INSERT INTO billing.stripe_reversal (object_id, account_id, credit_id, kind, amount_nano, returned_nano, owed_nano, active, round)
     VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8)
     ON CONFLICT (object_id) DO UPDATE
     SET amount_nano = excluded.amount_nano, returned_nano = excluded.returned_nano, owed_nano = excluded.owed_nano, active = true,
         round = excluded.round`,
    [objectId, accountId ?? null, creditId, kind, amountNano, returnedNano, owed, round],
  );
}

/** Both get back what they paid; what a deleted account would get goes where its balance went. */
async function giveBack(connection: Queryable, reversal: Reversal, { amount, owed, round }: Known): Promise<void> {
  const { objectId, kind, accountId } = reversal;
  const back = {
    kind: kind === 'refund' ? ('refund_failed' as const) : ('dispute_won' as const),
    objectId,
    part: `${round}`,
    debit: clearingAccount,
    amountNano: amount - owed,
  };
  if (accountId === undefined) await postTransfer(connection, { ...back, credit: 'breakage' });
  else await move(connection, accountId, { ...back, credit: customerAccount(accountId) });
  await postTransfer(connection, {
    kind: 'loss_returned',
    objectId,
    part: `${round}`,
    debit: clearingAccount,
    credit: chargebackAccount,
    amountNano: owed,
  });
  await connection.query('UPDATE billing.stripe_reversal SET active = false, owed_nano = 0 WHERE object_id = $1', [objectId]);
}

async function readAvailable(connection: Queryable, accountId: string): Promise<bigint> {
  const { rows } = await connection.query<{ available: bigint }>(
    'SELECT posted - held + overdraft AS available FROM billing.balance WHERE account_id = $1',
    [accountId],
  );
  return rows[0]?.available ?? 0n;
}

/** A transfer from or to the account, with its balance. */
async function move(connection: Queryable, accountId: string, transfer: Parameters<typeof postTransfer>[1]): Promise<void> {
  await postTransfer(connection, transfer);
  const change = transfer.credit === customerAccount(accountId) ? transfer.amountNano : -transfer.amountNano;
  await connection.query('UPDATE billing.balance SET posted = posted + $2 WHERE account_id = $1', [accountId, change]);
}
