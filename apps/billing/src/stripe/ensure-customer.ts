import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type Stripe from 'stripe';
import { v7 } from 'uuid';
import { readDeploymentId } from './ownership.ts';
import { finishCall, idempotencyKey } from './stored-call.ts';

/**
 * The id by which Stripe knows an account; a new customer there the first time. Stripe learns the account's id and nothing
 * else: an e-mail address is what the customer types on Stripe's own page. Throws `not_found`, and `conflict` for an account
 * that is being deleted.
 */
export async function ensureCustomer(pool: Pool, stripe: Stripe, accountId: string): Promise<string> {
  const open = await openCall(pool, accountId);
  if ('customerId' in open) return open.customerId;
  const metadata = { tacet_deployment: await readDeploymentId(pool), tacet_account: accountId };
  const customer = await stripe.customers.create({ metadata }, { idempotencyKey: idempotencyKey(open.callId) });
  await transaction(pool, async (connection) => {
    await connection.query('UPDATE billing.customer SET stripe_customer_id = $2 WHERE account_id = $1', [accountId, customer.id]);
    await finishCall(connection, open.callId, customer.id);
  });
  return customer.id;
}

/** The customer that is known, or the call that makes one: the one that a crash left open, so that its answer is the same. */
async function openCall(pool: Pool, accountId: string): Promise<{ readonly customerId: string } | { readonly callId: string }> {
  return transaction(pool, async (connection) => {
    const { rows } = await connection.query<{ customer: string | null; state: string; call: string | null }>(
      `SELECT c.stripe_customer_id AS customer, b.state,
              (SELECT call_id FROM billing.stripe_call s WHERE s.account_id = c.account_id AND s.kind = 'customer' AND s.state = 'open') AS call
         FROM billing.customer c JOIN billing.balance b USING (account_id) WHERE c.account_id = $1 FOR UPDATE OF c`,
      [accountId],
    );
    const [row] = rows;
    if (!row) throw new TacetError('not_found', { param: 'account_id' });
    if (row.customer !== null) return { customerId: row.customer };
    if (row.call !== null) return { callId: row.call };
    if (row.state === 'closing') throw new TacetError('conflict', { message: 'The account is being deleted.' });
    const callId = v7();
    await connection.query("INSERT INTO billing.stripe_call (call_id, account_id, kind, amount_nano, target) VALUES ($1, $2, 'customer', 0, '')", [
      callId,
      accountId,
    ]);
    return { callId };
  });
}
