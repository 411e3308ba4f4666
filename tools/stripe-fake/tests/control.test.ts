import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { startStripeFake, type StripeFake } from '../src/index.ts';
import { connect, monthly, topUp } from './support/client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';

let fake: StripeFake;
let stripe: Stripe;
let receiver: Receiver;

beforeAll(async () => {
  fake = await startStripeFake();
  stripe = connect(fake);
  receiver = await startReceiver();
});
beforeEach(() => fake.reset());
afterAll(async () => {
  await fake.stop();
  await receiver.stop();
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${fake.url}/fake${path}`, { method, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('all that happens to a payment can be done through the door', async () => {
  const { id } = await stripe.checkout.sessions.create(topUp(500));
  expect(await ask('POST', `/checkout/sessions/${id}/decline`)).toMatchObject({ status: 200, body: { status: 'open' } });
  expect(await ask('POST', `/checkout/sessions/${id}/complete`, { payment: 'async', email: 'ada@tacet.example' })).toMatchObject({ status: 200, body: { status: 'complete', payment_status: 'unpaid' } });
  expect(await ask('POST', `/checkout/sessions/${id}/settle`, { outcome: 'succeeded' })).toMatchObject({ body: { payment_status: 'paid' } });
  const refund = await ask('POST', `/charges/${id}/refund`, { amount: 100, pending: true });
  expect(refund.body).toMatchObject({ object: 'refund', status: 'pending' });
  expect(await ask('POST', `/refunds/${String(refund.body['id'])}/settle`, { outcome: 'failed' })).toMatchObject({ body: { status: 'failed' } });
  const dispute = await ask('POST', `/charges/${id}/dispute`, { reason: 'fraudulent' });
  expect(await ask('POST', `/disputes/${String(dispute.body['id'])}/close`, { outcome: 'won' })).toMatchObject({ body: { status: 'won' } });
  const { id: other } = await stripe.checkout.sessions.create(topUp(500));
  expect(await ask('POST', `/checkout/sessions/${other}/expire`)).toMatchObject({ body: { status: 'expired' } });
});

test('all that happens to a subscription can be done through the door', async () => {
  const { id } = await stripe.checkout.sessions.create(monthly(500));
  const { body } = await ask('POST', `/checkout/sessions/${id}/complete`);
  const subscription = String(body['subscription']);
  const [card] = (await stripe.paymentMethods.list({ customer: String(body['customer']) })).data;
  expect(await ask('POST', `/payment_methods/${card!.id}`, { behaviour: 'declined' })).toMatchObject({ status: 200 });
  const late = await ask('POST', `/subscriptions/${subscription}/advance`);
  expect(late.body).toMatchObject({ status: 'past_due' });
  await ask('POST', `/payment_methods/${card!.id}`, { behaviour: 'succeeds' });
  expect(await ask('POST', `/invoices/${String(late.body['latest_invoice'])}/pay`)).toMatchObject({ body: { status: 'paid' } });
  expect(await ask('POST', `/subscriptions/${subscription}/advance`, { periods: 3 })).toMatchObject({ body: { status: 'active' } });
  expect(await ask('POST', `/subscriptions/${subscription}/cancel`, { atPeriodEnd: true })).toMatchObject({ body: { status: 'active' } });
  expect(await ask('POST', `/subscriptions/${subscription}/cancel`)).toMatchObject({ body: { status: 'canceled' } });
});

test('payments that wait can be settled through the door', async () => {
  const { id: customer } = await stripe.customers.create({});
  const make = (method: string) => stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer, payment_method: method, confirm: true, return_url: 'https://tacet.example' });
  const debit = await make('pm_usBankAccount_success');
  expect(await ask('POST', `/payment_intents/${debit.id}/settle`, { outcome: 'failed' })).toMatchObject({ body: { status: 'requires_payment_method' } });
  const secured = await make('pm_card_authenticationRequired');
  expect(await ask('POST', `/payment_intents/${secured.id}/authenticate`, { outcome: 'succeeded' })).toMatchObject({ body: { status: 'succeeded' } });
});

test('delivery is steered and watched through the door', async () => {
  expect(await ask('POST', '/webhook', { url: receiver.url, secret: receiver.secret, events: ['customer.created'] })).toMatchObject({ status: 200 });
  expect(await ask('POST', '/delivery', { held: true, repeats: 2 })).toMatchObject({ body: { settings: { held: true, repeats: 2 }, pending: 0 } });
  await stripe.customers.create({});
  expect(await ask('GET', '/delivery')).toMatchObject({ body: { pending: 2 } });
  await ask('POST', '/delivery/release', { order: 'reversed' });
  await fake.delivered();
  expect(receiver.types()).toEqual(['customer.created', 'customer.created']);
  expect((await ask('GET', '/deliveries')).body['deliveries']).toMatchObject([{ copy: 2, outcome: 'delivered' }, { copy: 1, outcome: 'delivered' }]);
  expect(await ask('DELETE', '/delivery')).toMatchObject({ body: { settings: { repeats: 1 } } });
  expect(await ask('POST', `/events/${fake.events()[0]!.id}/resend`, { signature: 'missing' })).toMatchObject({ body: { status: 400, outcome: 'refused' } });
});

test('requests, faults, time and memory are reached through the door', async () => {
  await stripe.customers.create({ email: 'ada@tacet.example' });
  expect((await ask('GET', '/requests')).body['requests']).toMatchObject([{ method: 'POST', path: '/v1/customers', parameters: { email: 'ada@tacet.example' } }]);
  await ask('DELETE', '/requests');
  expect((await ask('GET', '/requests')).body).toEqual({ requests: [] });
  expect(await ask('POST', '/faults', { status: 500, count: 3 })).toMatchObject({ body: { pending: 3 } });
  expect(await ask('DELETE', '/faults')).toMatchObject({ status: 200 });
  expect((await ask('GET', '/faults')).body).toEqual({ pending: 0 });
  const { body } = await ask('POST', '/clock', { advanceSeconds: 86_400 });
  expect(Number(body['now']) - Date.now() / 1_000).toBeGreaterThan(86_000);
  await ask('DELETE', '');
  expect((await stripe.customers.list()).data).toEqual([]);
  expect(fake.requests()).toHaveLength(1);
});

test.each([
  ['GET', '/nothing', undefined, 404],
  ['POST', '/checkout/sessions/cs_none/complete', {}, 404],
  ['POST', '/charges/ch_none/refund', {}, 404],
  ['POST', '/events/evt_none/resend', {}, 404],
  ['POST', '/delivery', { repeats: 0 }, 400],
  ['POST', '/delivery', { dropShare: 2 }, 400],
  ['POST', '/delivery', { colour: 'red' }, 400],
  ['POST', '/faults', { status: 200 }, 400],
  ['POST', '/webhook', { url: 'ftp://x', secret: 's' }, 400],
  ['POST', '/webhook', { url: 'http://x', secret: '' }, 400],
  ['POST', '/clock', { advanceSeconds: 'x' }, 400],
  ['POST', '/clock', '{', 400],
  ['POST', '/clock', '[]', 400],
  ['POST', '/clock', 'x'.repeat(1_100_000), 413],
])('the door refuses %s %s %.40j', async (method, path, body, status) => {
  const answer = await ask(method, path, body);
  expect(answer).toMatchObject({ status, body: { error: { message: expect.any(String) } } });
});

test('a browser can pay on the page', async () => {
  const { url, id } = await stripe.checkout.sessions.create(topUp(1_250));
  const page = await fetch(url!);
  expect(page.headers.get('content-type')).toMatch(/text\/html/);
  expect(await page.text()).toMatch(/fake of Stripe.*Pay 12\.50 USD/s);
  const press = (action: string) => fetch(url!, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action }) });
  expect(await (await press('decline')).text()).toMatch(/declined/);
  const paid = await press('paid');
  expect([paid.status, paid.headers.get('location')]).toEqual([303, `https://tacet.example/settings?session=${id}`]);
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ payment_status: 'paid' });
  expect((await fetch(url!)).status).toBe(410);
});
