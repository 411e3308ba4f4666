import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { eventually } from '@tacet/testing';
import { startStripeFake, type StripeFake } from '../src/index.ts';
import { connect, topUp } from './support/client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';

let fake: StripeFake;
let stripe: Stripe;
let receiver: Receiver;

beforeAll(async () => {
  fake = await startStripeFake({ retryMs: [5, 10, 20, 40, 80], deliveryTimeoutMs: 500 });
  stripe = connect(fake);
});
beforeEach(async () => {
  fake.reset();
  receiver = await startReceiver();
  fake.setWebhook({ url: receiver.url, secret: receiver.secret });
});
afterEach(() => receiver.stop());
afterAll(() => fake.stop());

async function customers(count: number): Promise<string[]> {
  const ids = [];
  for (let n = 0; n < count; n++) ids.push((await stripe.customers.create({ name: `n${n}` })).id);
  return ids;
}
const subjects = () => receiver.received.flatMap(({ event }) => (event === undefined ? [] : [(event.data.object as { id: string }).id]));

describe('an event', () => {
  test('is delivered, signed, as Stripe writes it', async () => {
    const session = await stripe.checkout.sessions.create(topUp(500));
    fake.completeCheckout(session.id);
    await fake.delivered();
    expect(receiver.types()).toEqual(['product.created', 'price.created', 'payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded', 'checkout.session.completed']);
    const { event, headers, body } = receiver.received.at(-1)!;
    expect(event).toMatchObject({ object: 'event', livemode: false, pending_webhooks: 1, data: { object: { id: session.id, payment_status: 'paid' } } });
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)', 'stripe-signature': expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64},v0=/) });
    expect(body).toBe(JSON.stringify(JSON.parse(body), null, 2));
    expect(await stripe.events.retrieve(event!.id)).toMatchObject({ pending_webhooks: 0 });
  });

  test('is delivered only where its type is wanted', async () => {
    fake.setWebhook({ url: receiver.url, secret: receiver.secret, events: ['checkout.session.completed'] });
    fake.completeCheckout((await stripe.checkout.sessions.create(topUp(500))).id);
    await fake.delivered();
    expect(receiver.types()).toEqual(['checkout.session.completed']);
  });

  test.each([[500], [404], [302], [0], [-1]])('is tried again after an answer of %i', async (status) => {
    receiver.statuses.push(status, status);
    const [id] = await customers(1);
    await fake.delivered();
    expect(subjects()).toEqual([id, id, id]);
    expect(fake.deliveries().map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual([`1 ${status > 0 ? 'refused' : 'unreachable'}`, `2 ${status > 0 ? 'refused' : 'unreachable'}`, '3 delivered']);
  });

  test('is given up when the schedule is over, and found by who asks', async () => {
    receiver.statuses.push(...Array.from({ length: 6 }, () => 500));
    await customers(1);
    await fake.delivered();
    expect(fake.deliveries()).toHaveLength(6);
    expect((await stripe.events.list({ delivery_success: false })).data).toMatchObject([{ type: 'customer.created', pending_webhooks: 1 }]);
    await customers(1);
    await fake.delivered();
    expect((await stripe.events.list({ delivery_success: true })).data).toHaveLength(1);
  });

  test('waits for an endpoint that is down', async () => {
    const { url, secret } = receiver;
    await receiver.stop();
    await customers(1);
    await eventually('it was tried', () => fake.deliveries().length >= 2);
    receiver = await startReceiver(secret);
    expect(receiver.url).not.toBe(url);
    fake.setWebhook({ url: receiver.url, secret });
    await fake.delivered();
    expect(receiver.types()).toEqual(['customer.created']);
  });
});

describe('delivery settings', () => {
  test('repeat events', async () => {
    fake.setDelivery({ repeats: 5 });
    const [id] = await customers(1);
    await fake.delivered();
    expect(subjects()).toEqual([id, id, id, id, id]);
    expect(new Set(receiver.received.map(({ event }) => event!.id)).size).toBe(1);
  });

  test('hold events and let them go, in any order', async () => {
    fake.setDelivery({ held: true, concurrency: 1 });
    const ids = await customers(6);
    await fake.delivered();
    expect([receiver.received.length, fake.pendingDeliveries()]).toEqual([0, 6]);
    fake.release('reversed');
    await fake.delivered();
    expect(subjects()).toEqual(ids.toReversed());
    const orders = [];
    for (const seed of [1, 1, 2]) {
      receiver.received.length = 0;
      fake.setDelivery({ held: true });
      const more = await customers(6);
      fake.release('shuffled', seed);
      await fake.delivered();
      orders.push(subjects().map((id) => more.indexOf(id)));
    }
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).not.toEqual(orders[0]);
    expect(orders[0]!.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('reorder what happens together, the first too', async () => {
    fake.setDelivery({ reorderWindow: 10, concurrency: 1 });
    const orders = [];
    for (let n = 0; n < 6; n++) {
      const { id } = await stripe.checkout.sessions.create(topUp(500));
      await fake.delivered();
      receiver.received.length = 0;
      fake.completeCheckout(id);
      await fake.delivered();
      expect(receiver.types().toSorted()).toEqual(['charge.succeeded', 'checkout.session.completed', 'payment_intent.created', 'payment_intent.succeeded']);
      orders.push(receiver.types());
    }
    expect(new Set(orders.map((order) => order[0])).size).toBeGreaterThan(1);
    expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(2);
  });

  test('delay events', async () => {
    fake.setDelivery({ delayMs: [3_600_000, 3_600_000] });
    await customers(1);
    expect(fake.pendingDeliveries()).toBe(1);
    fake.setDelivery({ delayMs: [0, 60] });
    const ids = await customers(5);
    await eventually('only the first is still on its way', () => fake.pendingDeliveries() === 1);
    expect(subjects().toSorted()).toEqual(ids.toSorted());
  });

  test('drop attempts, which come later', async () => {
    fake.setDelivery({ dropShare: 1 });
    await customers(1);
    await eventually('two attempts were dropped', () => fake.deliveries().length >= 2);
    expect(receiver.received).toEqual([]);
    fake.setDelivery();
    await fake.delivered();
    expect(receiver.types()).toEqual(['customer.created']);
    expect(fake.deliveries().map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['dropped', 'delivered']));
  });

  test('lose answers, so that events come again', async () => {
    fake.setDelivery({ lostAnswerShare: 0.5 });
    const ids = await customers(20);
    await fake.delivered();
    expect(new Set(subjects()).size).toBe(ids.length);
    expect(subjects().length).toBeGreaterThan(ids.length);
  });

  test('lose events for good', async () => {
    fake.setDelivery({ loseShare: 0.5 });
    await customers(40);
    await fake.delivered();
    expect(receiver.received.length).toBeGreaterThan(5);
    expect(receiver.received.length).toBeLessThan(35);
    expect((await stripe.events.list({ limit: 100 })).data).toHaveLength(40);
  });

  test('are for the types that they name', async () => {
    fake.setDelivery({ types: ['payment_intent.succeeded'], repeats: 3 });
    fake.completeCheckout((await stripe.checkout.sessions.create(topUp(500))).id);
    await fake.delivered();
    expect(receiver.types().filter((type) => type === 'payment_intent.succeeded')).toHaveLength(3);
    expect(receiver.types()).toHaveLength(8);
  });
});

describe('a signature that is wrong is refused by the real library:', () => {
  test.each(['wrong-secret', 'other-body', 'missing', 'malformed', 'other-scheme'] as const)('%s', async (signature) => {
    fake.setDelivery({ signature });
    await customers(1);
    await eventually('it came', () => receiver.received.length > 0);
    expect(receiver.received[0]).toMatchObject({ event: undefined, refusal: expect.any(String) });
    fake.setDelivery();
    await fake.delivered();
    expect(receiver.types()).toEqual(['customer.created']);
  });

  test('one that is too old', async () => {
    fake.setDelivery({ signatureAgeSeconds: 301 });
    await customers(1);
    await eventually('it came', () => receiver.received.length > 0);
    expect(receiver.received[0]!.refusal).toMatch(/tolerance/);
    fake.setDelivery({ signatureAgeSeconds: 290 });
    await fake.delivered();
    expect(receiver.types()).toEqual(['customer.created']);
  });
});

describe('resend', () => {
  test('delivers an event again, days later, with a fresh signature', async () => {
    fake.advanceClock(-3 * 86_400);
    await customers(1);
    await fake.delivered();
    fake.advanceClock(3 * 86_400);
    const [event] = fake.events();
    expect(await fake.resend(event!.id)).toMatchObject({ resent: true, status: 200, outcome: 'delivered' });
    expect(receiver.received.map(({ event: got }) => got!.id)).toEqual([event!.id, event!.id]);
    expect(Date.now() / 1_000 - receiver.received[1]!.event!.created).toBeGreaterThan(2 * 86_400);
  });

  test('can forge', async () => {
    await customers(1);
    await fake.delivered();
    const [event] = fake.events();
    expect(await fake.resend(event!.id, { signature: 'wrong-secret', tamper: { data: { object: { id: 'cus_forged' } } } })).toMatchObject({ status: 400, outcome: 'refused' });
    expect(receiver.received.at(-1)!.body).toContain('cus_forged');
    expect(receiver.received.at(-1)!.event).toBeUndefined();
    expect(fake.events()[0]!.data.object).not.toMatchObject({ id: 'cus_forged' });
  });

  test('goes past what is held', async () => {
    fake.setDelivery({ held: true });
    await customers(1);
    await fake.resend(fake.events()[0]!.id);
    expect(receiver.types()).toEqual(['customer.created']);
  });
});

test('chance depends on the seed alone', async () => {
  const run = async (seed: number) => {
    const other = await startStripeFake({ seed, retryMs: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], webhook: { url: receiver.url, secret: receiver.secret } });
    other.setDelivery({ dropShare: 0.4, lostAnswerShare: 0.2, loseShare: 0.1 });
    for (let n = 0; n < 15; n++) await connect(other).customers.create({});
    await other.delivered();
    const outcomes = other.deliveries().map(({ event, attempt, outcome }) => `${event} ${attempt} ${outcome}`).toSorted();
    await other.stop();
    return outcomes;
  };
  const [one, two, three] = [await run(3), await run(3), await run(4)];
  expect(two).toEqual(one);
  expect(three.map((line) => line.replace(/^\w+/, ''))).not.toEqual(one.map((line) => line.replace(/^\w+/, '')));
});

test('after a reset nothing of before arrives, and a stop leaves nothing behind', async () => {
  fake.setDelivery({ held: true });
  await customers(3);
  fake.reset();
  await customers(1);
  await fake.delivered();
  expect(receiver.types()).toEqual(['customer.created']);
  const other = await startStripeFake({ webhook: { url: receiver.url, secret: receiver.secret } });
  receiver.statuses.push(-1, -1);
  await connect(other).customers.create({});
  await other.stop();
  await expect(fetch(`${other.url}/v1/customers`)).rejects.toThrow();
});
