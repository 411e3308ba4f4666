import { bookPayment } from './book-payment.ts';
import { nanoOfCents } from './cents.ts';
import { accountIn } from './ownership.ts';
import { idOf } from './stripe-access.ts';
import { syncSubscription } from './sync-subscription.ts';
import { currency, type SyncOutcome, type SyncParts } from './sync.ts';

/** A Checkout Session: a top-up that was paid is credited; of a subscription its invoices are. */
export async function syncCheckout(parts: SyncParts, sessionId: string): Promise<SyncOutcome> {
  const session = await parts.stripe.checkout.sessions.retrieve(sessionId);
  const accountId = accountIn(session.metadata, parts.deploymentId);
  if (accountId === undefined) return 'not_ours';
  const subscriptionId = idOf(session.subscription);
  if (subscriptionId !== undefined) return syncSubscription(parts, subscriptionId);
  if (session.mode !== 'payment' || session.payment_status === 'unpaid') return 'unchanged';
  if (session.currency !== currency) return 'foreign_currency';
  return bookPayment(parts, {
    objectId: session.id,
    accountId,
    kind: 'top_up',
    paymentIntentId: idOf(session.payment_intent),
    amountNano: nanoOfCents(session.amount_subtotal ?? 0),
    paidNano: nanoOfCents(session.amount_total ?? 0),
  });
}
