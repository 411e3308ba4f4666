import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { startStripeFake, type StripeFake } from '../src/index.ts';
import { connect, errorOf, topUp } from './support/client.ts';

let fake: StripeFake;
let stripe: Stripe;
let intent: string;

beforeAll(async () => {
  fake = await startStripeFake();
  stripe = connect(fake);
});
beforeEach(async () => {
  fake.reset();
  const { id } = await stripe.checkout.sessions.create(topUp(3_000));
  intent = fake.completeCheckout(id).payment_intent!;
});
afterAll(() => fake.stop());

const last = (count: number) => fake.events().slice(-count).map(({ type }) => type);

test('refunds add up on the charge', async () => {
  const first = await stripe.refunds.create({ payment_intent: intent, amount: 1_000, reason: 'requested_by_customer', metadata: { why: 'x' } });
  expect(first).toMatchObject({ object: 'refund', amount: 1_000, status: 'succeeded', payment_intent: intent, reason: 'requested_by_customer', metadata: { why: 'x' } });
  expect(last(2)).toEqual(['charge.refunded', 'refund.created']);
  expect(fake.events().at(-2)).toMatchObject({ data: { object: { amount_refunded: 1_000, refunded: false }, previous_attributes: { amount_refunded: 0 } } });
  const second = await stripe.refunds.create({ charge: first.charge as string });
  expect(second.amount).toBe(2_000);
  const charge = await stripe.charges.retrieve(first.charge as string, { expand: ['refunds'] });
  expect(charge).toMatchObject({ amount_refunded: 3_000, refunded: true });
  expect(charge.refunds?.data.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect((await stripe.refunds.list({ payment_intent: intent })).data.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(await stripe.refunds.retrieve(first.id, { expand: ['charge'] })).toMatchObject({ charge: { object: 'charge', id: charge.id } });
});

test('no more is refunded than was paid', async () => {
  expect(await errorOf(stripe.refunds.create({ payment_intent: intent, amount: 3_001 }))).toMatchObject({ statusCode: 400, param: 'amount', message: 'Refund amount ($30.01) is greater than unrefunded amount on charge ($30.00)' });
  await stripe.refunds.create({ payment_intent: intent });
  expect(await errorOf(stripe.refunds.create({ payment_intent: intent }))).toMatchObject({ code: 'charge_already_refunded' });
  expect((await stripe.refunds.list()).data).toHaveLength(1);
});

test('a refund from the dashboard has no request behind it', async () => {
  const refund = fake.refund(intent, { amount: 500 });
  expect(fake.events().at(-1)).toMatchObject({ type: 'refund.created', request: { id: null, idempotency_key: null }, data: { object: { id: refund.id } } });
  await stripe.refunds.create({ payment_intent: intent, amount: 1 }, { idempotencyKey: 'key-1' });
  expect(fake.events().at(-1)?.request).toEqual({ id: expect.stringMatching(/^req_/), idempotency_key: 'key-1' });
});

test('a refund that is pending succeeds or comes back', async () => {
  const good = fake.refund(intent, { amount: 1_000, pending: true });
  expect(good).toMatchObject({ status: 'pending', pending_reason: 'processing' });
  expect(fake.settleRefund(good.id, 'succeeded')).toMatchObject({ status: 'succeeded' });
  expect(last(2)).toEqual(['refund.updated', 'charge.refund.updated']);
  const bad = fake.refund(intent, { amount: 2_000, pending: true });
  expect(await stripe.charges.retrieve(bad.charge)).toMatchObject({ amount_refunded: 3_000, refunded: true });
  expect(fake.settleRefund(bad.id, 'failed')).toMatchObject({ status: 'failed', failure_reason: 'lost_or_stolen_card' });
  expect(last(3)).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed']);
  expect(await stripe.charges.retrieve(bad.charge)).toMatchObject({ amount_refunded: 1_000, refunded: false });
  expect(() => fake.settleRefund(bad.id, 'succeeded')).toThrow(/failed/);
});

test('a refund that had succeeded can still come back', async () => {
  const { id } = await stripe.refunds.create({ payment_intent: intent });
  expect(fake.settleRefund(id, 'failed')).toMatchObject({ status: 'failed' });
});

test('a change of metadata is a refund.updated', async () => {
  const { id } = await stripe.refunds.create({ payment_intent: intent });
  await stripe.refunds.update(id, { metadata: { note: 'x' } });
  expect(fake.events().at(-1)).toMatchObject({ type: 'refund.updated', data: { object: { metadata: { note: 'x' }, status: 'succeeded' }, previous_attributes: { metadata: {} } } });
});

test('what was not paid cannot be refunded or disputed', async () => {
  const { id } = await stripe.checkout.sessions.create(topUp(500));
  const { payment_intent: pending } = fake.completeCheckout(id, { payment: 'async' });
  expect((await errorOf(stripe.refunds.create({ payment_intent: pending! }))).message).toMatch(/cannot be refunded/);
  expect(() => fake.openDispute(pending!)).toThrow(/cannot be disputed/);
  const bare = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  expect((await errorOf(stripe.refunds.create({ payment_intent: bare.id }))).message).toMatch(/does not have a successful charge/);
  expect(await errorOf(stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
  expect(await errorOf(stripe.refunds.create({ charge: 'ch_none' }))).toMatchObject({ code: 'resource_missing', param: 'charge' });
});

test('a dispute takes the money and gives it back when it is won', async () => {
  const dispute = fake.openDispute(intent, { reason: 'product_not_received' });
  expect(dispute).toMatchObject({ object: 'dispute', amount: 3_000, reason: 'product_not_received', status: 'needs_response', payment_intent: intent });
  expect(last(2)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
  expect(await stripe.charges.retrieve(dispute.charge)).toMatchObject({ disputed: true });
  expect(await errorOf(stripe.refunds.create({ payment_intent: intent }))).toMatchObject({ code: 'charge_disputed' });
  expect(() => fake.openDispute(intent)).toThrow(/disputed already/);
  expect(fake.closeDispute(dispute.id, 'won')).toMatchObject({ status: 'won' });
  expect(last(2)).toEqual(['charge.dispute.closed', 'charge.dispute.funds_reinstated']);
  expect((await stripe.disputes.retrieve(dispute.id)).balance_transactions.map(({ amount, fee }) => [amount, fee])).toEqual([[-3_000, 1_500], [3_000, 0]]);
  expect(() => fake.closeDispute(dispute.id, 'lost')).toThrow(/won already/);
  expect((await stripe.disputes.list({ payment_intent: intent })).data).toHaveLength(1);
});

test('a dispute that is lost keeps the money', async () => {
  const { id } = fake.openDispute(intent, { amount: 1_000 });
  expect(fake.closeDispute(id, 'lost')).toMatchObject({ status: 'lost', amount: 1_000 });
  expect(last(1)).toEqual(['charge.dispute.closed']);
});

test('an inquiry moves no money, however it ends', async () => {
  const { id } = fake.openDispute(intent, { inquiry: true });
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'warning_needs_response', balance_transactions: [], is_charge_refundable: true });
  expect(last(1)).toEqual(['charge.dispute.created']);
  expect(fake.closeDispute(id, 'lost')).toMatchObject({ status: 'warning_closed' });
  expect(last(1)).toEqual(['charge.dispute.closed']);
});

test("the movements of Stripe's balance explain all of it", async () => {
  fake.refund(intent, { amount: 1_000 });
  fake.closeDispute(fake.openDispute(intent, { amount: 2_000 }).id, 'won');
  const { data } = await stripe.balanceTransactions.list({ limit: 100 });
  expect(data.map(({ type, amount }) => `${type} ${amount}`)).toEqual(['adjustment 2000', 'adjustment -2000', 'refund -1000', 'charge 3000']);
  expect(await stripe.balanceTransactions.list({ type: 'refund', expand: ['data.source'] })).toMatchObject({ data: [{ source: { object: 'refund', amount: 1_000 } }] });
  expect(await stripe.balanceTransactions.retrieve(data[0]!.id)).toMatchObject({ reporting_category: 'dispute' });
});
