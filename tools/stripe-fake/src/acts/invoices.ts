import { newInvoiceLine } from '../objects/invoice-line.ts';
import { newInvoicePayment, type InvoicePayment } from '../objects/invoice-payment.ts';
import { newInvoice, type Invoice, type InvoiceDraft } from '../objects/invoice.ts';
import type { Customer } from '../objects/customer.ts';
import type { LineItem } from '../objects/line-item.ts';
import type { PaymentIntent, PaymentIntentStatus } from '../objects/payment-intent.ts';
import type { PaymentMethod } from '../objects/payment-method.ts';
import type { Subscription } from '../objects/subscription.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { attemptPayment } from './attempt-payment.ts';
import { createPaymentIntent } from './create-payment-intent.ts';
import type { Decline } from './declines.ts';
import { emit, emitChange } from './emit.ts';

/** What is added to and taken from the prices, in the smallest unit of the currency. */
export interface Adjustment {
  readonly tax: number;
  readonly discount: number;
}

/** The invoice for the current period of a subscription, final and not paid. */
export function invoiceSubscription(world: World, customer: Customer, subscription: Subscription, reason: 'subscription_create' | 'subscription_cycle', adjustment: Adjustment): Invoice {
  const id = world.ids.next('invoice');
  const lines = subscription.items.data.map((item) => {
    const { price, quantity, current_period_start: start, current_period_end: end } = item;
    const name = world.store.products.find(price.product)?.name ?? price.product;
    return newInvoiceLine({ id: world.ids.next('invoiceLine'), invoice: id, price, quantity, description: `${quantity} × ${name}`, start, end, item });
  });
  return addInvoice(world, { id, customer, currency: subscription.currency, lines, billingReason: reason, subscription, ...adjustment });
}

/** The invoice for what was bought once. */
export function invoicePurchase(world: World, customer: Customer, items: readonly LineItem[], adjustment: Adjustment): Invoice {
  const id = world.ids.next('invoice');
  const now = world.clock.now();
  const lines = items.map(({ price, quantity, description }) => newInvoiceLine({ id: world.ids.next('invoiceLine'), invoice: id, price, quantity, description, start: now, end: now, item: undefined }));
  return addInvoice(world, { id, customer, currency: items[0]?.currency ?? 'usd', lines, billingReason: 'manual', subscription: undefined, ...adjustment });
}

function addInvoice(world: World, draft: Omit<InvoiceDraft, 'created' | 'number' | 'subtotal' | 'baseUrl'>): Invoice {
  const { customer, lines, subscription } = draft;
  const number = `${customer.invoice_prefix}-${String(customer.next_invoice_sequence++).padStart(4, '0')}`;
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const invoice = world.store.invoices.add(newInvoice({ ...draft, created: world.clock.now(), number, subtotal, baseUrl: world.baseUrl }));
  if (subscription !== undefined) subscription.latest_invoice = invoice.id;
  emit(world, 'invoice.created', invoice);
  emit(world, 'invoice.finalized', invoice);
  return invoice;
}

/** Pays an open invoice. Returns how it was declined, if it was. A bank debit leaves it open until it is settled. */
export function payInvoice(world: World, invoice: Invoice, method: PaymentMethod, offSession: boolean): Decline | undefined {
  if (invoice.status !== 'open') throw invalidRequest(invoice.status === 'paid' ? 'Invoice is already paid' : 'Invoice is no longer payable');
  const payment = openPayment(world, invoice) ?? addPayment(world, invoice);
  const intent = world.store.paymentIntents.get(payment.payment.payment_intent);
  if (statusOf(intent) === 'processing') throw invalidRequest('This invoice has a payment that is processing.');
  invoice.attempted = true;
  invoice.attempt_count += 1;
  const decline = attemptPayment(world, intent, method, { offSession, returnUrl: null });
  if (statusOf(intent) === 'succeeded') markPaid(world, invoice, payment);
  else if (statusOf(intent) !== 'processing') markUnpaid(world, invoice);
  return decline;
}

/** The compiler would remember a status that an attempt has changed. */
function statusOf(intent: PaymentIntent): PaymentIntentStatus {
  return intent.status;
}

/** Ties the invoice to an intent that pays it, or will. */
export function addPayment(world: World, invoice: Invoice, intent: PaymentIntent = intentFor(world, invoice)): InvoicePayment {
  return world.store.invoicePayments.add(newInvoicePayment(world.ids.next('invoicePayment'), world.clock.now(), invoice.id, intent.id, invoice.amount_due, invoice.currency));
}

function intentFor(world: World, invoice: Invoice): PaymentIntent {
  const description = invoice.billing_reason === 'subscription_create' ? 'Subscription creation' : 'Subscription update';
  return createPaymentIntent(world, invoice.amount_due, invoice.currency, { customer: invoice.customer, description, setup_future_usage: 'off_session' });
}

function openPayment({ store }: World, invoice: Invoice): InvoicePayment | undefined {
  return store.invoicePayments.newestFirst().find((payment) => payment.invoice === invoice.id && payment.status === 'open');
}

/** The money for the invoice is there; a subscription that was behind is active again. */
export function markPaid(world: World, invoice: Invoice, payment: InvoicePayment): void {
  const now = world.clock.now();
  payment.status = 'paid';
  payment.amount_paid = payment.amount_requested;
  payment.status_transitions.paid_at = now;
  invoice.status = 'paid';
  invoice.attempted = true;
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.status_transitions.paid_at = now;
  invoice.next_payment_attempt = null;
  emit(world, 'invoice.paid', invoice);
  emit(world, 'invoice.payment_succeeded', invoice);
  emit(world, 'invoice_payment.paid', payment);
  moveSubscription(world, invoice, 'past_due', 'active');
}

/** The invoice stays open; its subscription is behind. */
export function markUnpaid(world: World, invoice: Invoice): void {
  invoice.next_payment_attempt = world.clock.now() + 3 * 86_400;
  emit(world, 'invoice.payment_failed', invoice);
  moveSubscription(world, invoice, 'active', 'past_due');
}

function moveSubscription(world: World, invoice: Invoice, from: 'active' | 'past_due', to: 'active' | 'past_due'): void {
  const id = invoice.parent?.subscription_details.subscription;
  const subscription = id === undefined ? undefined : world.store.subscriptions.find(id);
  if (subscription?.status !== from) return;
  emitChange(world, 'customer.subscription.updated', subscription, () => {
    subscription.status = to;
  });
}
