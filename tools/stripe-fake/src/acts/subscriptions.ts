import type { Price } from '../objects/price.ts';
import { newSubscription, newSubscriptionItem, type Subscription } from '../objects/subscription.ts';
import { invalidRequest, resourceMissing } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { emit, emitChange } from './emit.ts';
import { invoiceSubscription, markUnpaid, payInvoice } from './invoices.ts';
import { periodEnd } from './period.ts';

/** Starts a subscription to these prices. Nothing is charged here. */
export function startSubscription(world: World, customer: string, lines: readonly { readonly price: Price; readonly quantity: number }[], fields: Partial<Pick<Subscription, 'metadata' | 'description' | 'default_payment_method'>>): Subscription {
  const now = world.clock.now();
  const id = world.ids.next('subscription');
  const items = lines.map(({ price, quantity }) => newSubscriptionItem(world.ids.next('subscriptionItem'), id, price, quantity, now, periodEnd(now, recurrenceOf(price), 1)));
  const subscription = newSubscription(id, now, customer, items);
  Object.assign(subscription, fields);
  world.store.subscriptions.add(subscription);
  emit(world, 'customer.subscription.created', subscription);
  return subscription;
}

/** How a subscription ends. */
export interface Cancellation {
  readonly comment?: string | null | undefined;
  readonly feedback?: string | null | undefined;
}

/** Ends the subscription now. Throws, as Stripe does, where it has ended already. */
export function cancelSubscription(world: World, subscription: Subscription, { comment, feedback }: Cancellation): Subscription {
  if (subscription.status === 'canceled') throw resourceMissing('subscription', subscription.id, 'id');
  const now = world.clock.now();
  subscription.status = 'canceled';
  subscription.canceled_at ??= now;
  subscription.ended_at = now;
  subscription.cancellation_details.reason ??= 'cancellation_requested';
  if (comment !== undefined) subscription.cancellation_details.comment = comment;
  if (feedback !== undefined) subscription.cancellation_details.feedback = feedback;
  emit(world, 'customer.subscription.deleted', subscription);
  return subscription;
}

/** Lets the subscription end with its period, or takes that back. */
export function setCancelAtPeriodEnd(world: World, subscription: Subscription, cancel: boolean): void {
  subscription.cancel_at_period_end = cancel;
  subscription.cancel_at = cancel ? (subscription.items.data[0]?.current_period_end ?? null) : null;
  subscription.canceled_at = cancel ? world.clock.now() : null;
  subscription.cancellation_details.reason = cancel ? 'cancellation_requested' : null;
}

/** The period is over: the next begins and is charged, or the subscription ends where that was wished. */
export function advanceSubscription(world: World, subscription: Subscription): void {
  if (subscription.status === 'canceled') throw invalidRequest('The subscription has ended.');
  if (subscription.cancel_at_period_end) {
    cancelSubscription(world, subscription, {});
    return;
  }
  const customer = world.store.customers.get(subscription.customer, 'customer');
  emitChange(world, 'customer.subscription.updated', subscription, () => {
    for (const item of subscription.items.data) moveOn(subscription.billing_cycle_anchor, item);
  });
  const invoice = invoiceSubscription(world, customer, subscription, 'subscription_cycle', { tax: 0, discount: 0 });
  const methodId = subscription.default_payment_method ?? customer.invoice_settings.default_payment_method;
  const method = methodId === null ? undefined : world.store.paymentMethods.find(methodId);
  if (method?.customer === customer.id) payInvoice(world, invoice, method, true);
  else markUnpaid(world, invoice);
}

function moveOn(anchor: number, item: Subscription['items']['data'][number]): void {
  const recurrence = recurrenceOf(item.price);
  let n = 1;
  while (periodEnd(anchor, recurrence, n) <= item.current_period_end) n++;
  item.current_period_start = item.current_period_end;
  item.current_period_end = periodEnd(anchor, recurrence, n);
}

function recurrenceOf(price: Price): NonNullable<Price['recurring']> {
  if (price.recurring === null) throw new Error('A subscription has a price that does not come back');
  return price.recurring;
}
