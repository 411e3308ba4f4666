import { bookPayment } from './book-payment.ts';
import { nanoOfCents } from './cents.ts';
import { accountIn } from './ownership.ts';
import { idOf } from './stripe-access.ts';
import { currency, type SyncOutcome, type SyncParts } from './sync.ts';

/** An invoice of a subscription: when it is paid, its month is credited. */
export async function syncInvoice(parts: SyncParts, invoiceId: string): Promise<SyncOutcome> {
  const { stripe, deploymentId } = parts;
  const invoice = await stripe.invoices.retrieve(invoiceId, { expand: ['payments'] });
  const details = invoice.parent?.subscription_details;
  const subscriptionId = idOf(details?.subscription);
  if (subscriptionId === undefined) return 'not_ours';
  // The invoice has a copy of the subscription's metadata as they were; a subscription that is gone can still be asked for.
  const accountId =
    accountIn(details?.metadata, deploymentId) ?? accountIn((await stripe.subscriptions.retrieve(subscriptionId)).metadata, deploymentId);
  if (accountId === undefined) return 'not_ours';
  if (invoice.status !== 'paid') return 'unchanged';
  if (invoice.currency !== currency) return 'foreign_currency';
  const payment = invoice.payments?.data.find(({ status }) => status === 'paid')?.payment;
  return bookPayment(parts, {
    objectId: invoiceId,
    accountId,
    kind: 'subscription',
    paymentIntentId: idOf(payment?.payment_intent),
    amountNano: nanoOfCents(invoice.subtotal),
    paidNano: nanoOfCents(invoice.amount_paid),
  });
}
