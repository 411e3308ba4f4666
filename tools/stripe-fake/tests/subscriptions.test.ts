import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { startStripeFake, type StripeFake } from '../src/index.ts';
import { connect, errorOf, monthly } from './support/client.ts';

let fake: StripeFake;
let stripe: Stripe;

beforeAll(async () => {
  fake = await startStripeFake();
  stripe = connect(fake);
});
beforeEach(() => fake.reset());
afterAll(() => fake.stop());

const types = () => fake.events().map(({ type }) => type);

async function subscribe(cents = 2_000, rest: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const session = await stripe.checkout.sessions.create(monthly(cents, rest));
  const done = fake.completeCheckout(session.id, { email: 'ada@tacet.example' });
  return { session: done, id: done.subscription!, customer: done.customer! };
}

test('checkout starts a subscription and pays its first invoice', async () => {
  const { session, id, customer } = await subscribe(2_000, { subscription_data: { metadata: { account: 'a-1' } } });
  expect(session).toMatchObject({ status: 'complete', payment_status: 'paid', payment_intent: null });
  const subscription = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice.payments.data.payment.payment_intent', 'default_payment_method', 'customer'] });
  expect(subscription).toMatchObject({ object: 'subscription', status: 'active', metadata: { account: 'a-1' }, cancel_at_period_end: false, customer: { id: customer }, default_payment_method: { object: 'payment_method', customer } });
  const [item] = subscription.items.data;
  expect(item).toMatchObject({ quantity: 1, price: { unit_amount: 2_000, recurring: { interval: 'month' } } });
  expect(item!.current_period_end - item!.current_period_start).toBeGreaterThanOrEqual(28 * 86_400);
  const invoice = subscription.latest_invoice as Stripe.Invoice;
  expect(invoice).toMatchObject({ id: session.invoice, status: 'paid', billing_reason: 'subscription_create', amount_paid: 2_000, amount_remaining: 0, parent: { type: 'subscription_details', subscription_details: { subscription: id, metadata: { account: 'a-1' } } } });
  expect(invoice.payments?.data[0]?.payment.payment_intent).toMatchObject({ object: 'payment_intent', status: 'succeeded', amount: 2_000 });
  expect(types()).toEqual(expect.arrayContaining(['customer.created', 'customer.subscription.created', 'invoice.created', 'invoice.finalized', 'invoice.paid', 'invoice.payment_succeeded', 'invoice_payment.paid', 'checkout.session.completed']));
});

test('each month makes an invoice and pays it', async () => {
  const { id, customer } = await subscribe();
  const before = (await stripe.subscriptions.retrieve(id)).items.data[0]!;
  fake.advanceSubscription(id, 2);
  const after = (await stripe.subscriptions.retrieve(id)).items.data[0]!;
  expect(after.current_period_start).toBeGreaterThan(before.current_period_end);
  const invoices = await stripe.invoices.list({ subscription: id });
  expect(invoices.data.map(({ billing_reason: reason, status }) => `${reason} ${status}`)).toEqual(['subscription_cycle paid', 'subscription_cycle paid', 'subscription_create paid']);
  expect(new Set(invoices.data.map(({ number }) => number)).size).toBe(3);
  expect(types().filter((type) => type === 'invoice.paid')).toHaveLength(3);
  expect((await stripe.paymentIntents.list({ customer })).data).toHaveLength(3);
});

test('a card that is declined leaves the subscription behind until it pays', async () => {
  const { id, customer } = await subscribe();
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
  fake.setCardBehaviour(card!.id, 'insufficient_funds');
  const behind = fake.advanceSubscription(id);
  expect(behind.status).toBe('past_due');
  expect(types().slice(-4)).toEqual(['charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed', 'customer.subscription.updated']);
  expect(fake.events().at(-1)).toMatchObject({ data: { previous_attributes: { status: 'active' } } });
  fake.setCardBehaviour(card!.id, 'succeeds');
  expect(fake.payInvoice(behind.latest_invoice!)).toMatchObject({ status: 'paid', attempt_count: 2 });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  expect(() => fake.payInvoice(behind.latest_invoice!)).toThrow(/already paid/);
});

test('a subscription without a card makes an invoice that nobody pays', async () => {
  const { id, customer } = await subscribe();
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
  await stripe.paymentMethods.detach(card!.id);
  expect(fake.advanceSubscription(id)).toMatchObject({ status: 'past_due' });
  expect(types()).toContain('invoice.payment_failed');
});

test('a subscription that is cancelled ends at once, once', async () => {
  const { id, customer } = await subscribe();
  expect(await stripe.subscriptions.cancel(id, { cancellation_details: { comment: 'enough' } })).toMatchObject({ status: 'canceled', cancellation_details: { comment: 'enough', reason: 'cancellation_requested' } });
  expect(types().at(-1)).toBe('customer.subscription.deleted');
  expect(await errorOf(stripe.subscriptions.cancel(id))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
  expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
  expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toHaveLength(1);
  expect(() => fake.advanceSubscription(id)).toThrow(/has ended/);
});

test('a subscription that is to end with its period runs until then', async () => {
  const { id } = await subscribe();
  const updated = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  expect(updated).toMatchObject({ status: 'active', cancel_at_period_end: true, cancel_at: updated.items.data[0]!.current_period_end });
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({ cancel_at: null });
  expect(fake.cancelSubscription(id, 'at-period-end')).toMatchObject({ status: 'active', cancel_at_period_end: true });
  expect(fake.advanceSubscription(id)).toMatchObject({ status: 'canceled' });
  expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(1);
});

test('a subscription paid by debit is invoiced and unpaid until the debit comes through', async () => {
  const { id: session } = await stripe.checkout.sessions.create(monthly(2_000));
  const done = fake.completeCheckout(session, { payment: 'async' });
  expect(done).toMatchObject({ payment_status: 'unpaid' });
  expect(await stripe.invoices.retrieve(done.invoice!)).toMatchObject({ status: 'open', amount_paid: 0 });
  expect(types()).not.toContain('invoice.paid');
  fake.settleCheckout(session, 'succeeded');
  expect(await stripe.invoices.retrieve(done.invoice!)).toMatchObject({ status: 'paid' });
  expect(types().slice(-4)).toEqual(['invoice.paid', 'invoice.payment_succeeded', 'invoice_payment.paid', 'checkout.session.async_payment_succeeded']);
});

test('a debit that comes through after the customer was deleted pays the invoice and starts nothing', async () => {
  const { id: session } = await stripe.checkout.sessions.create(monthly(2_000));
  const { customer, subscription, invoice } = fake.completeCheckout(session, { payment: 'async' });
  await stripe.customers.del(customer!);
  fake.settleCheckout(session, 'succeeded');
  expect(types().slice(-4)).toEqual(['invoice.paid', 'invoice.payment_succeeded', 'invoice_payment.paid', 'checkout.session.async_payment_succeeded']);
  expect(types()).not.toContain('payment_method.attached');
  expect(await stripe.subscriptions.retrieve(subscription!)).toMatchObject({ status: 'canceled' });
  expect(fake.refund(invoice!)).toMatchObject({ amount: 2_000 });
});

test('the payment of an invoice is found from either side', async () => {
  const { session } = await subscribe();
  const [byInvoice] = (await stripe.invoicePayments.list({ invoice: session.invoice! })).data;
  const intent = byInvoice!.payment.payment_intent as string;
  const [byIntent] = (await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: intent } })).data;
  expect(byIntent).toMatchObject({ id: byInvoice!.id, invoice: session.invoice, status: 'paid', amount_paid: 2_000 });
});

test('a subscription can be refunded and disputed by its invoice', async () => {
  const { session } = await subscribe();
  expect(fake.refund(session.invoice!, { amount: 500 })).toMatchObject({ amount: 500, status: 'succeeded' });
  expect(fake.openDispute(session.id)).toMatchObject({ amount: 2_000, status: 'needs_response' });
});

test('a portal session is for a customer who is there', async () => {
  const { customer } = await subscribe();
  const portal = await stripe.billingPortal.sessions.create({ customer, return_url: 'https://tacet.example/settings' });
  expect(portal).toMatchObject({ object: 'billing_portal.session', customer, return_url: 'https://tacet.example/settings' });
  expect((await fetch(portal.url)).status).toBe(200);
  expect(await errorOf(stripe.billingPortal.sessions.create({ customer: 'cus_none' }))).toMatchObject({ code: 'resource_missing', param: 'customer' });
});
