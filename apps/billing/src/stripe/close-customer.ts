import type { Pool } from '@tacet/database';
import type Stripe from 'stripe';
import { ensureCustomer } from './ensure-customer.ts';
import { isMissing } from './stripe-access.ts';

/**
 * Removes an account that is being deleted from Stripe: its open Checkout Sessions expire, and with the customer go the
 * subscription and the cards. A payment that arrives all the same is sent back. Repeating it is harmless.
 */
export async function closeCustomer(pool: Pool, stripe: Stripe, accountId: string): Promise<void> {
  const { rows } = await pool.query<{ customer: string | null; unanswered: boolean }>(
    `SELECT stripe_customer_id AS customer,
            EXISTS (SELECT FROM billing.stripe_call s WHERE s.account_id = c.account_id AND s.kind = 'customer' AND s.state = 'open') AS unanswered
       FROM billing.customer c WHERE account_id = $1`,
    [accountId],
  );
  const [row] = rows;
  if (!row) return;
  // A crash may have lost Stripe's answer: asked again with its key, Stripe names the customer it made.
  const customerId = row.customer ?? (row.unanswered ? await ensureCustomer(pool, stripe, accountId) : undefined);
  if (customerId === undefined) return;
  for await (const session of stripe.checkout.sessions.list({ customer: customerId, status: 'open', limit: 100 }))
    // One that was paid meanwhile cannot expire: its payment comes late.
    await stripe.checkout.sessions.expire(session.id).catch(ignoreRefusal);
  await stripe.customers.del(customerId).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  await pool.query('UPDATE billing.customer SET stripe_customer_id = NULL, stripe_subscription_id = NULL WHERE account_id = $1', [accountId]);
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 400)) throw error;
}
