import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { startStripeFake, type CardBehaviour, type StripeFake } from '../src/index.ts';
import { connect, errorOf, topUp } from './support/client.ts';

let fake: StripeFake;
let stripe: Stripe;
let customer: string;
let card: string;

beforeAll(async () => {
  fake = await startStripeFake();
  stripe = connect(fake);
});
beforeEach(async () => {
  fake.reset();
  ({ id: customer } = await stripe.customers.create({}));
  ({ id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer }));
});
afterAll(() => fake.stop());

const types = () => fake.events().map(({ type }) => type);
const charge = (rest: Partial<Stripe.PaymentIntentCreateParams> = {}) => stripe.paymentIntents.create({ amount: 1_500, currency: 'usd', customer, payment_method: card, off_session: true, confirm: true, metadata: { purpose: 'auto-top-up' }, ...rest });

describe('a charge while the customer is away', () => {
  test('succeeds', async () => {
    const intent = await charge();
    expect(intent).toMatchObject({ object: 'payment_intent', status: 'succeeded', amount: 1_500, amount_received: 1_500, customer, payment_method: card, metadata: { purpose: 'auto-top-up' }, last_payment_error: null });
    expect(types().slice(-3)).toEqual(['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded']);
    expect(await stripe.charges.retrieve(intent.latest_charge as string, { expand: ['balance_transaction'] })).toMatchObject({ amount: 1_500, paid: true, captured: true, payment_intent: intent.id, balance_transaction: { object: 'balance_transaction', amount: 1_500, fee: 74, net: 1_426 } });
  });

  test.each<[CardBehaviour, string, string]>([
    ['declined', 'card_declined', 'generic_decline'],
    ['insufficient_funds', 'card_declined', 'insufficient_funds'],
    ['expired_card', 'expired_card', 'expired_card'],
    ['lost_card', 'card_declined', 'lost_card'],
    ['processing_error', 'processing_error', 'processing_error'],
    ['authentication_required', 'authentication_required', 'authentication_required'],
  ])('is refused by a card that is %s', async (behaviour, code, declineCode) => {
    fake.setCardBehaviour(card, behaviour);
    const error = await errorOf(charge());
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, rawType: 'card_error', code, decline_code: declineCode });
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', payment_method: null, last_payment_error: { code, decline_code: declineCode, payment_method: { id: card } } });
    expect(error.payment_method).toMatchObject({ id: card });
    expect(await stripe.charges.retrieve(error.charge!)).toMatchObject({ status: 'failed', paid: false, failure_code: code });
    expect(types().slice(-3)).toEqual(['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']);
    fake.setCardBehaviour(card, 'succeeds');
    expect(await stripe.paymentIntents.confirm(error.payment_intent!.id, { payment_method: card, off_session: true })).toMatchObject({ status: 'succeeded' });
  });

  test('by debit is processing until it is settled', async () => {
    const { id: account } = await stripe.paymentMethods.attach('pm_usBankAccount_success', { customer });
    const [good, bad] = [await charge({ payment_method: account }), await charge({ payment_method: account })];
    expect(good).toMatchObject({ status: 'processing', amount_received: 0 });
    expect(fake.settlePayment(good.id, 'succeeded')).toMatchObject({ status: 'succeeded', amount_received: 1_500 });
    expect(fake.settlePayment(bad.id, 'failed')).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code: 'payment_method_provider_decline' } });
    expect(await errorOf(stripe.paymentIntents.cancel(good.id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });
});

test.each([['succeeded', 'succeeded', 'payment_intent.succeeded'], ['failed', 'requires_payment_method', 'payment_intent.payment_failed']] as const)('a customer who is there authenticates: %s', async (outcome, status, type) => {
  fake.setCardBehaviour(card, 'authentication_required');
  const intent = await charge({ off_session: false, return_url: 'https://tacet.example/back' });
  expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: 'https://tacet.example/back' } } });
  expect(types().at(-1)).toBe('payment_intent.requires_action');
  expect(fake.authenticatePayment(intent.id, outcome)).toMatchObject({ status });
  expect(types().at(-1)).toBe(type);
  expect(() => fake.authenticatePayment(intent.id, outcome)).toThrow(/only one that requires action/);
});

test('an intent that shall not need the customer is declined instead', async () => {
  fake.setCardBehaviour(card, 'authentication_required');
  expect(await errorOf(charge({ off_session: false, error_on_requires_action: true, return_url: 'https://tacet.example' }))).toMatchObject({ statusCode: 402, code: 'authentication_required' });
});

test('an intent is confirmed, cancelled and listed', async () => {
  const first = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer, automatic_payment_methods: { enabled: true, allow_redirects: 'never' } });
  expect(first).toMatchObject({ status: 'requires_payment_method' });
  expect(await stripe.paymentIntents.confirm(first.id, { payment_method: 'pm_card_visa' })).toMatchObject({ status: 'succeeded' });
  const second = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer });
  expect(await stripe.paymentIntents.cancel(second.id, { cancellation_reason: 'abandoned' })).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  expect(types().at(-1)).toBe('payment_intent.canceled');
  expect((await stripe.paymentIntents.list({ customer })).data.map(({ id }) => id)).toEqual([second.id, first.id]);
  for (const refused of [stripe.paymentIntents.confirm(first.id), stripe.paymentIntents.confirm(second.id), stripe.paymentIntents.cancel(second.id)]) expect(await errorOf(refused)).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
});

test.each<[string, Partial<Stripe.PaymentIntentCreateParams>, object]>([
  ['no way to pay', { payment_method: undefined as unknown as string }, { code: 'payment_intent_unexpected_state' }],
  ['too little', { amount: 49 }, { param: 'amount', code: 'amount_too_small' }],
  ['no amount', { amount: undefined as unknown as number }, { param: 'amount', code: 'parameter_missing' }],
  ['an amount that is no number', { amount: '12.5' as unknown as number }, { param: 'amount', code: 'parameter_invalid_integer' }],
  ['an unknown card', { payment_method: 'pm_none' }, { param: 'payment_method', code: 'resource_missing' }],
  ['nobody to come back', { off_session: false }, { param: 'return_url' }],
  ['a customer who is away before anything is confirmed', { confirm: false }, { param: 'off_session' }],
  ['a parameter that is none', { amont: 1 } as Partial<Stripe.PaymentIntentCreateParams>, { param: 'amont', code: 'parameter_unknown' }],
])('a charge with %s is refused and nothing is made', async (_name, rest, error) => {
  const before = fake.events().length;
  expect(await errorOf(charge(rest))).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error', ...error });
  expect(fake.events()).toHaveLength(before);
});

test('the card of a checkout behaves later as it was told to', async () => {
  const session = await stripe.checkout.sessions.create(topUp(500, { customer, payment_intent_data: { setup_future_usage: 'off_session' } }));
  fake.completeCheckout(session.id, { cardLater: 'declined' });
  const [saved] = (await stripe.customers.listPaymentMethods(customer)).data;
  expect(await errorOf(charge({ payment_method: saved!.id }))).toMatchObject({ code: 'card_declined' });
});
