import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { startStripeFake, type StripeFake } from '../src/index.ts';
import { connect, errorOf, monthly, topUp } from './support/client.ts';

let fake: StripeFake;
let stripe: Stripe;

beforeAll(async () => {
  fake = await startStripeFake();
  stripe = connect(fake);
});
beforeEach(() => fake.reset());
afterAll(() => fake.stop());

const types = () => fake.events().map(({ type }) => type);

describe('a top-up', () => {
  test('is open and unpaid until the customer has paid', async () => {
    const { id: customer } = await stripe.customers.create({ email: 'ada@tacet.example' });
    const session = await stripe.checkout.sessions.create(topUp(2_500, { customer, client_reference_id: 'account-1', metadata: { a: 'b' }, payment_intent_data: { metadata: { c: 'd' } } }));
    expect(session).toMatchObject({ object: 'checkout.session', status: 'open', payment_status: 'unpaid', mode: 'payment', amount_subtotal: 2_500, amount_total: 2_500, currency: 'usd', payment_intent: null, client_reference_id: 'account-1' });
    expect(session.id).toMatch(/^cs_test_a1\w+$/);
    expect(session.url).toBe(`${fake.url}/fake/pay/${session.id}`);
    const paid = fake.completeCheckout(session.id);
    expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid', url: null, customer, customer_details: { email: 'ada@tacet.example' } });
    const read = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'payment_intent.latest_charge', 'customer'] });
    expect(read.line_items?.data).toMatchObject([{ object: 'item', amount_subtotal: 2_500, quantity: 1, price: { unit_amount: 2_500, active: false } }]);
    expect(read.payment_intent).toMatchObject({ object: 'payment_intent', status: 'succeeded', amount_received: 2_500, metadata: { c: 'd' }, latest_charge: { object: 'charge', paid: true, amount: 2_500, metadata: { c: 'd' } } });
    expect(read.customer).toMatchObject({ object: 'customer', id: customer });
    expect(types().slice(-4)).toEqual(['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded', 'checkout.session.completed']);
  });

  test('by debit is complete and unpaid until the debit comes through', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(2_500));
    expect(fake.completeCheckout(id, { payment: 'async' })).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    expect(types().slice(-1)).toEqual(['checkout.session.completed']);
    expect(fake.events().at(-1)?.data.object).toMatchObject({ payment_status: 'unpaid' });
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(intent).toMatchObject({ status: 'processing' });
    expect(fake.settleCheckout(id, 'succeeded')).toMatchObject({ payment_status: 'paid' });
    expect(types().slice(-3)).toEqual(['charge.succeeded', 'payment_intent.succeeded', 'checkout.session.async_payment_succeeded']);
    expect(() => fake.settleCheckout(id, 'succeeded')).toThrow(/only one that is processing/);
  });

  test('by debit stays unpaid when the debit comes back', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(2_500));
    fake.completeCheckout(id, { payment: 'async' });
    expect(fake.settleCheckout(id, 'failed')).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    expect(types().slice(-3)).toEqual(['charge.failed', 'payment_intent.payment_failed', 'checkout.session.async_payment_failed']);
  });

  test('by debit comes through after the customer was deleted', async () => {
    const { id: customer } = await stripe.customers.create({});
    const { id } = await stripe.checkout.sessions.create(topUp(2_500, { customer }));
    fake.completeCheckout(id, { payment: 'async' });
    await stripe.customers.del(customer);
    expect(fake.settleCheckout(id, 'succeeded')).toMatchObject({ payment_status: 'paid', customer });
    expect(await stripe.checkout.sessions.retrieve(id, { expand: ['customer'] })).toMatchObject({ customer: { id: customer, deleted: true } });
    expect(await stripe.refunds.create({ payment_intent: (await stripe.checkout.sessions.retrieve(id)).payment_intent as string })).toMatchObject({ amount: 2_500 });
  });

  test('survives a card that is declined', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(2_500));
    expect(fake.declineCheckout(id)).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    expect(types().slice(-3)).toEqual(['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']);
    expect(fake.completeCheckout(id)).toMatchObject({ payment_status: 'paid' });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
    expect((await stripe.charges.list()).data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
  });

  test('has a total that differs from what the prices come to', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(2_000, { automatic_tax: { enabled: true }, allow_promotion_codes: true }));
    const paid = fake.completeCheckout(id, { tax: 400, discount: 500 });
    expect(paid).toMatchObject({ amount_subtotal: 2_000, amount_total: 1_900, total_details: { amount_tax: 400, amount_discount: 500 } });
    expect(await stripe.paymentIntents.retrieve(paid.payment_intent!)).toMatchObject({ amount: 1_900, amount_received: 1_900 });
    const { id: plain } = await stripe.checkout.sessions.create(topUp(2_000));
    expect(() => fake.completeCheckout(plain, { tax: 1 })).toThrow(/no automatic tax/);
    expect(() => fake.completeCheckout(plain, { discount: 1 })).toThrow(/no promotion codes/);
  });

  test('keeps the card only where that was asked for', async () => {
    const { id: customer } = await stripe.customers.create({});
    const once = await stripe.checkout.sessions.create(topUp(500, { customer }));
    fake.completeCheckout(once.id);
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([]);
    const kept = await stripe.checkout.sessions.create(topUp(500, { customer, payment_intent_data: { setup_future_usage: 'off_session' } }));
    fake.completeCheckout(kept.id);
    expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
    expect(types()).toContain('payment_method.attached');
  });

  test('with an invoice is announced by both', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(500, { invoice_creation: { enabled: true } }));
    const paid = fake.completeCheckout(id, { email: 'ada@tacet.example' });
    const invoice = await stripe.invoices.retrieve(paid.invoice!, { expand: ['payments'] });
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 500, billing_reason: 'manual', parent: null, customer_email: 'ada@tacet.example' });
    expect(invoice.payments?.data).toMatchObject([{ payment: { payment_intent: paid.payment_intent } }]);
    expect(types()).toEqual(expect.arrayContaining(['invoice.paid', 'checkout.session.completed']));
  });

  test('may be in a currency that nobody here wants', async () => {
    const session = await stripe.checkout.sessions.create({ mode: 'payment', success_url: 'https://tacet.example', line_items: [{ quantity: 2, price_data: { currency: 'EUR', unit_amount: 500, product_data: { name: 'x' } } }] });
    expect(session).toMatchObject({ currency: 'eur', amount_total: 1_000 });
    expect(fake.completeCheckout(session.id)).toMatchObject({ payment_status: 'paid', currency: 'eur' });
  });
});

describe('a session', () => {
  test('can be made of a price that is there', async () => {
    const product = await stripe.products.create({ name: 'Balance' });
    const price = await stripe.prices.create({ currency: 'usd', unit_amount: 1_000, product: product.id });
    const session = await stripe.checkout.sessions.create({ mode: 'payment', success_url: 'https://tacet.example', line_items: [{ price: price.id, quantity: 3 }] });
    expect(session.amount_total).toBe(3_000);
    const { data } = await stripe.checkout.sessions.listLineItems(session.id, { expand: ['data.price.product'] });
    expect(data).toMatchObject([{ description: 'Balance', price: { id: price.id, product: { id: product.id, object: 'product' } } }]);
  });

  test('expires when it is told to, and then cannot be paid', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(500));
    expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
    expect(types().at(-1)).toBe('checkout.session.expired');
    expect(() => fake.completeCheckout(id)).toThrow('The Checkout Session is expired.');
    expect((await errorOf(stripe.checkout.sessions.expire(id))).message).toMatch(/status of expired/);
  });

  test('expires by itself after its time', async () => {
    const soon = Math.floor(Date.now() / 1_000) + 1_810;
    const { id } = await stripe.checkout.sessions.create(topUp(500, { expires_at: soon }));
    const { id: later } = await stripe.checkout.sessions.create(topUp(500));
    fake.advanceClock(1_820);
    expect(types().filter((type) => type === 'checkout.session.expired')).toHaveLength(1);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired' });
    expect(await stripe.checkout.sessions.retrieve(later)).toMatchObject({ status: 'open' });
  });

  test('that is complete cannot expire', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(500));
    fake.completeCheckout(id);
    expect((await errorOf(stripe.checkout.sessions.expire(id))).message).toMatch(/status of complete/);
  });

  test('is found by customer, payment intent, subscription, status and e-mail address', async () => {
    const { id: customer } = await stripe.customers.create({ email: 'ada@tacet.example' });
    const top = fake.completeCheckout((await stripe.checkout.sessions.create(topUp(500, { customer }))).id);
    const sub = fake.completeCheckout((await stripe.checkout.sessions.create(monthly(500, { customer }))).id);
    const open = await stripe.checkout.sessions.create(topUp(500));
    const found = async (filter: Stripe.Checkout.SessionListParams) => (await stripe.checkout.sessions.list(filter)).data.map(({ id }) => id);
    expect(await found({ customer })).toEqual([sub.id, top.id]);
    expect(await found({ payment_intent: top.payment_intent! })).toEqual([top.id]);
    expect(await found({ subscription: sub.subscription! })).toEqual([sub.id]);
    expect(await found({ status: 'open' })).toEqual([open.id]);
    expect(await found({ customer_details: { email: 'ada@tacet.example' } })).toEqual([sub.id, top.id]);
  });
});

test.each<[string, Stripe.Checkout.SessionCreateParams, object]>([
  ['no lines', { mode: 'payment', success_url: 'https://tacet.example' }, { param: 'line_items', code: 'parameter_missing' }],
  ['no mode', { success_url: 'https://tacet.example' }, { param: 'mode', code: 'parameter_missing' }],
  ['no page to come back to', { ...topUp(500), success_url: undefined as unknown as string }, { param: 'success_url', code: 'parameter_missing' }],
  ['an address that is none', topUp(500, { success_url: 'settings' }), { param: 'success_url', code: 'url_invalid' }],
  ['too little', topUp(49), { code: 'amount_too_small' }],
  ['too much', topUp(99_999_999, { line_items: [{ quantity: 2, price_data: { currency: 'usd', unit_amount: 99_999_999, product_data: { name: 'x' } } }] }), { code: 'amount_too_large' }],
  ['a fraction of a cent', topUp(500.5), { param: 'line_items[0][price_data][unit_amount]', code: 'parameter_invalid_integer' }],
  ['a negative price', topUp(-500), { param: 'line_items[0][price_data][unit_amount]', code: 'parameter_invalid_integer' }],
  ['no quantity', topUp(500, { line_items: [{ price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'x' } } }] }), { param: 'line_items[0][quantity]' }],
  ['a currency that is none', topUp(500, { line_items: [{ quantity: 1, price_data: { currency: 'xyz', unit_amount: 500, product_data: { name: 'x' } } }] }), { param: 'line_items[0][price_data][currency]' }],
  ['two currencies', topUp(500, { line_items: ['usd', 'eur'].map((currency) => ({ quantity: 1, price_data: { currency, unit_amount: 500, product_data: { name: 'x' } } })) }), { param: 'line_items[1][price]' }],
  ['a price that comes back, once', { ...monthly(500), mode: 'payment' }, { param: 'line_items[0]' }],
  ['a price that does not come back, each month', { ...topUp(500), mode: 'subscription' }, { param: 'line_items[0]' }],
  ['payment data in a subscription', monthly(500, { payment_intent_data: { metadata: { a: 'b' } } }), { param: 'payment_intent_data' }],
  ['subscription data in a payment', topUp(500, { subscription_data: { metadata: { a: 'b' } } }), { param: 'subscription_data' }],
  ['an unknown price', topUp(500, { line_items: [{ quantity: 1, price: 'price_none' }] }), { param: 'line_items[0][price]', code: 'resource_missing' }],
  ['an unknown customer', topUp(500, { customer: 'cus_none' }), { param: 'customer', code: 'resource_missing' }],
  ['customer and e-mail address', topUp(500, { customer: 'cus_none', customer_email: 'a@tacet.example' }), { param: 'customer', code: 'parameters_exclusive' }],
  ['too short a life', topUp(500, { expires_at: Math.floor(Date.now() / 1_000) + 60 }), { param: 'expires_at' }],
  ['too long a life', topUp(500, { expires_at: Math.floor(Date.now() / 1_000) + 90_000 }), { param: 'expires_at' }],
  ['a mode without a price', { mode: 'setup', success_url: 'https://tacet.example', currency: 'usd' }, { param: 'currency', code: 'parameter_unknown' }],
])('a session with %s is refused and nothing is made', async (_name, request, error) => {
  expect(await errorOf(stripe.checkout.sessions.create(request))).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error', ...error });
  expect(fake.events()).toEqual([]);
});
