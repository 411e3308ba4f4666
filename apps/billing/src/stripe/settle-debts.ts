import type { Queryable } from '@tacet/database';
import { customerAccount } from '../ledger/balance.ts';
import { chargebackAccount, postTransfer } from './post-transfer.ts';

interface Debt {
  readonly object_id: string;
  readonly owed: bigint;
  readonly round: number;
}

/**
 * Has an account pay what loss:chargeback paid in its place, as far as it has it now; suspends it while something is owed
 * and lets it go when nothing is. Called with every movement of Stripe's money, so that what is left does not depend on the
 * order in which events come. Needs the locked balance of the account.
 */
export async function settleDebts(connection: Queryable, accountId: string): Promise<void> {
  const { rows: balances } = await connection.query<{ available: bigint; state: string }>(
    'SELECT posted - held + overdraft AS available, state FROM billing.balance WHERE account_id = $1',
    [accountId],
  );
  const [balance] = balances;
  if (!balance) throw new Error('a debt is settled of an account that is no more');
  const { rows: debts } = await connection.query<Debt>(
    `SELECT object_id, owed_nano AS owed, round FROM billing.stripe_reversal
      WHERE account_id = $1 AND active AND owed_nano > 0 ORDER BY created_at, object_id FOR UPDATE`,
    [accountId],
  );
  let left = balance.available;
  let owed = 0n;
  for (const debt of debts) {
    const paid = left < debt.owed ? left : debt.owed;
    if (paid > 0n) await payDebt(connection, accountId, debt, paid);
    left -= paid;
    owed += debt.owed - paid;
  }
  await followDebt(connection, accountId, balance.state, owed > 0n);
}

async function payDebt(connection: Queryable, accountId: string, { object_id: objectId, owed, round }: Debt, amountNano: bigint): Promise<void> {
  await postTransfer(connection, {
    kind: 'debt',
    objectId,
    // What is owed only falls within a round.
    part: `${round} ${owed}`,
    debit: customerAccount(accountId),
    credit: chargebackAccount,
    amountNano,
  });
  await connection.query('UPDATE billing.stripe_reversal SET owed_nano = owed_nano - $2 WHERE object_id = $1', [objectId, amountNano]);
  await connection.query('UPDATE billing.balance SET posted = posted - $2 WHERE account_id = $1', [accountId, amountNano]);
}

/** What the operator suspended stays suspended, whatever is owed. */
async function followDebt(connection: Queryable, accountId: string, state: string, owes: boolean): Promise<void> {
  if (owes && state === 'open') {
    await connection.query("SELECT billing.set_state($1, 'suspended')", [accountId]);
    await connection.query('UPDATE billing.customer SET suspended_for_debt = true WHERE account_id = $1', [accountId]);
    return;
  }
  if (owes) return;
  const { rowCount } = await connection.query(
    'UPDATE billing.customer SET suspended_for_debt = false WHERE account_id = $1 AND suspended_for_debt',
    [accountId],
  );
  if (rowCount === 1) await connection.query("SELECT billing.set_state($1, 'open')", [accountId]);
}
