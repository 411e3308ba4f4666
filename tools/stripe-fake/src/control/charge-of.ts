import type { Charge } from '../objects/charge.ts';
import type { Store } from '../store.ts';

/** The charge with this id, or the last one of the payment intent, invoice or Checkout Session with this id. */
export function chargeOf(store: Store, id: string): Charge {
  const session = store.checkoutSessions.find(id);
  const invoice = store.invoices.find(session?.invoice ?? id);
  const payment = invoice && store.invoicePayments.newestFirst().find((one) => one.invoice === invoice.id);
  const intent = store.paymentIntents.find(session?.payment_intent ?? payment?.payment.payment_intent ?? id);
  return store.charges.get(intent?.latest_charge ?? id);
}
