import { emitChange } from '../acts/emit.ts';
import { payInvoice } from '../acts/invoices.ts';
import { advanceSubscription, cancelSubscription, setCancelAtPeriodEnd } from '../acts/subscriptions.ts';
import type { Invoice } from '../objects/invoice.ts';
import type { Subscription } from '../objects/subscription.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';

/** So many periods go by; each is charged. Ends early where the subscription does. */
export function advanceTimes(world: World, id: string, periods: number): Subscription {
  const subscription = world.store.subscriptions.get(id);
  advanceSubscription(world, subscription);
  for (let n = 1; n < periods && subscription.status !== 'canceled'; n++) advanceSubscription(world, subscription);
  return subscription;
}

/** The customer cancels in the portal. */
export function cancelByCustomer(world: World, id: string, atPeriodEnd: boolean): Subscription {
  const subscription = world.store.subscriptions.get(id);
  if (!atPeriodEnd) return cancelSubscription(world, subscription, {});
  if (subscription.status === 'canceled') throw invalidRequest('The subscription has ended.');
  emitChange(world, 'customer.subscription.updated', subscription, () => setCancelAtPeriodEnd(world, subscription, true));
  return subscription;
}

/** Stripe tries an open invoice once more. */
export function payOpenInvoice(world: World, id: string): Invoice {
  const invoice = world.store.invoices.get(id);
  const customer = world.store.customers.get(invoice.customer, 'customer');
  const subscription = invoice.parent === null ? undefined : world.store.subscriptions.find(invoice.parent.subscription_details.subscription);
  const method = subscription?.default_payment_method ?? customer.invoice_settings.default_payment_method;
  if (method === null) throw invalidRequest('There is no payment method to charge.');
  payInvoice(world, invoice, world.store.paymentMethods.get(method), true);
  return invoice;
}
