import { hash } from 'node:crypto';
import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type Stripe from 'stripe';
import { centsOfNano } from '../stripe/cents.ts';
import { ensureCustomer } from '../stripe/ensure-customer.ts';
import { readDeploymentId } from '../stripe/ownership.ts';
import { paymentError } from '../stripe/payment-error.ts';
import type { Payments } from '../stripe/start-payments.ts';
import { finishCall, idempotencyKey, storeCall } from '../stripe/stored-call.ts';
import { idField } from './fields.ts';
import type { LedgerHandler } from './handler.ts';
import { openPayments, purchaseField, returnUrlField } from './payment-fields.ts';

/** What the customer wants to buy. */
interface Purchase {
  readonly accountId: string;
  readonly requestId: string;
  readonly amountNano: bigint;
  readonly monthly: boolean;
  readonly saveCard: boolean;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/** Opens a Checkout Session. Money moves only when Stripe tells that it was paid. */
export function createCreateCheckout(pool: Pool, payments: Payments | undefined): LedgerHandler<'CreateCheckout'> {
  return async (request) => {
    const { stripe } = openPayments(payments);
    const purchase: Purchase = {
      accountId: idField('account_id', request.accountId),
      requestId: idField('request_id', request.requestId),
      amountNano: purchaseField('amount_nano', request.amountNano),
      monthly: request.monthly,
      saveCard: request.saveCard,
      successUrl: returnUrlField('success_url', request.successUrl),
      cancelUrl: returnUrlField('cancel_url', request.cancelUrl),
    };
    if (purchase.monthly && purchase.saveCard) throw new TacetError('field_invalid', { param: 'save_card' });
    await checkAccount(pool, purchase);
    try {
      const session = await openSession(pool, stripe, purchase);
      return { url: session.url ?? '', sessionId: session.id, expiresAtMs: (BigInt(session.expires_at) * 1_000n).toString() };
    } catch (error) {
      throw paymentError(error);
    }
  };
}

async function checkAccount(pool: Pool, { accountId, monthly }: Purchase): Promise<void> {
  const { rows } = await pool.query<{ state: string; subscription: string | null }>(
    `SELECT b.state, c.stripe_subscription_id AS subscription FROM billing.balance b JOIN billing.customer c USING (account_id)
      WHERE account_id = $1`,
    [accountId],
  );
  const [row] = rows;
  if (!row) throw new TacetError('not_found', { param: 'account_id' });
  if (row.state === 'closing') throw new TacetError('conflict', { message: 'The account is being deleted.' });
  if (monthly && row.subscription !== null) throw new TacetError('conflict', { message: 'There is a subscription already.' });
}

async function openSession(pool: Pool, stripe: Stripe, purchase: Purchase): Promise<Stripe.Checkout.Session> {
  const { accountId, requestId, amountNano, monthly, saveCard, successUrl, cancelUrl } = purchase;
  const customer = await ensureCustomer(pool, stripe, accountId);
  // A repeated call must be the same to the letter.
  const target = hash('sha256', JSON.stringify([saveCard, successUrl, cancelUrl]), 'hex');
  await storeCall(pool, { callId: requestId, accountId, kind: monthly ? 'subscription' : 'top_up', amountNano, target });
  const metadata = { tacet_deployment: await readDeploymentId(pool), tacet_account: accountId };
  const price = { currency: 'usd', unit_amount: centsOfNano(amountNano) ?? 0 };
  const session = await stripe.checkout.sessions.create(
    {
      customer,
      metadata,
      success_url: successUrl,
      cancel_url: cancelUrl,
      ...(monthly
        ? {
            mode: 'subscription',
            line_items: [{ quantity: 1, price_data: { ...price, product_data: { name: 'Monthly credit' }, recurring: { interval: 'month' } } }],
            subscription_data: { metadata },
          }
        : {
            mode: 'payment',
            line_items: [{ quantity: 1, price_data: { ...price, product_data: { name: 'Credit' } } }],
            payment_intent_data: { metadata, ...(saveCard ? { setup_future_usage: 'off_session' as const } : {}) },
          }),
    },
    { idempotencyKey: idempotencyKey(requestId) },
  );
  await finishCall(pool, requestId, session.id);
  return session;
}
