import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
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

test('a customer is created, found, changed and listed', async () => {
  const created = await stripe.customers.create({ email: 'ada@tacet.example', name: 'Ada', metadata: { account: 'a-1', plan: 'x' } });
  expect(created).toMatchObject({ object: 'customer', email: 'ada@tacet.example', livemode: false, metadata: { account: 'a-1', plan: 'x' }, address: null });
  expect(created.id).toMatch(/^cus_\w{14}$/);
  expect(Math.abs(created.created - Date.now() / 1_000)).toBeLessThan(60);
  const changed = await stripe.customers.update(created.id, { name: '', metadata: { plan: '', more: 'y' }, address: { city: 'Graz', country: 'AT' } });
  expect(changed).toMatchObject({ name: null, metadata: { account: 'a-1', more: 'y' }, address: { city: 'Graz', country: 'AT', line1: null } });
  expect(changed.metadata).not.toHaveProperty('plan');
  expect((await stripe.customers.update(created.id, { metadata: '' })).metadata).toEqual({});
  expect(await stripe.customers.retrieve(created.id)).toMatchObject({ id: created.id, name: null });
  const other = await stripe.customers.create({ email: 'bob@tacet.example' });
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([other.id, created.id]);
  expect((await stripe.customers.list({ email: 'ada@tacet.example' })).data).toHaveLength(1);
  expect(fake.events().map(({ type }) => type)).toEqual(['customer.created', 'customer.updated', 'customer.updated', 'customer.created']);
});

test('an event of a change says what was before', async () => {
  const { id } = await stripe.customers.create({ name: 'Ada' });
  await stripe.customers.update(id, { name: 'Ada L.' });
  expect(fake.events().at(-1)).toMatchObject({ type: 'customer.updated', data: { object: { name: 'Ada L.' }, previous_attributes: { name: 'Ada' } } });
  const before = fake.events().length;
  await stripe.customers.update(id, { name: 'Ada L.' });
  expect(fake.events()).toHaveLength(before);
});

test('a deleted customer is a stub, and its subscriptions and cards are gone', async () => {
  const customer = await stripe.customers.create({ email: 'ada@tacet.example' });
  const session = await stripe.checkout.sessions.create(monthly(2_000, { customer: customer.id }));
  const { subscription } = fake.completeCheckout(session.id);
  const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data;
  expect(await stripe.customers.del(customer.id)).toEqual(expect.objectContaining({ id: customer.id, object: 'customer', deleted: true }));
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
  expect(await stripe.subscriptions.retrieve(subscription!)).toMatchObject({ status: 'canceled' });
  expect(await stripe.paymentMethods.retrieve(card!.id)).toMatchObject({ customer: null });
  expect((await stripe.customers.list()).data).toEqual([]);
  expect(fake.events().slice(-3).map(({ type }) => type)).toEqual(['customer.subscription.deleted', 'payment_method.detached', 'customer.deleted']);
  for (const refused of [stripe.customers.del(customer.id), stripe.customers.update(customer.id, { name: 'x' })]) expect(await errorOf(refused)).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' });
  expect(await errorOf(stripe.checkout.sessions.create(topUp(500, { customer: customer.id })))).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer', rawType: 'invalid_request_error' });
  expect(await errorOf(stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: customer.id, payment_method: card!.id, confirm: true, off_session: true }))).toMatchObject({ code: 'resource_missing' });
});

test('a card can be attached, made the default and detached for good', async () => {
  const { id } = await stripe.customers.create({});
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  expect(card).toMatchObject({ object: 'payment_method', type: 'card', customer: id, card: { brand: 'visa', last4: '4242' } });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: card.id } });
  const expanded = await stripe.customers.retrieve(id, { expand: ['invoice_settings.default_payment_method'] });
  expect(expanded).toMatchObject({ invoice_settings: { default_payment_method: { id: card.id, object: 'payment_method' } } });
  expect((await stripe.paymentMethods.list({ customer: id, type: 'card' })).data).toHaveLength(1);
  await stripe.paymentMethods.detach(card.id);
  expect(await stripe.customers.retrieve(id)).toMatchObject({ invoice_settings: { default_payment_method: null } });
  const again = await errorOf(stripe.paymentMethods.attach(card.id, { customer: id }));
  expect(again.message).toMatch(/may not be used again/);
});

test("someone else's card is refused", async () => {
  const ada = await stripe.customers.create({});
  const bob = await stripe.customers.create({});
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: ada.id });
  const refused = [
    stripe.paymentMethods.attach(card.id, { customer: bob.id }),
    stripe.customers.update(bob.id, { invoice_settings: { default_payment_method: card.id } }),
    stripe.customers.create({ payment_method: card.id }),
    stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: bob.id, payment_method: card.id, confirm: true, off_session: true }),
  ];
  for (const one of refused) expect((await errorOf(one)).statusCode).toBe(400);
  expect((await stripe.customers.list()).data).toHaveLength(2);
});
