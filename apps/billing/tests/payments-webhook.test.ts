/**
 * Goal: however events of Stripe come, the ledger is the same, and what is not Stripe's, not ours or not in dollars moves nothing and
 * stops nothing. Field bug: events five times, out of order, days late, with a crash in between; credited once.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openPool } from '@tacet/database';
import { eventually } from '@tacet/testing';
import { createStripe } from '../src/stripe/stripe-access.ts';
import { collect } from './support/ledger-door.ts';
import { uuid } from './support/make.ts';
import { PaymentsDoor, usd } from './support/payments-door.ts';

let door: PaymentsDoor;

beforeAll(async () => {
  door = await PaymentsDoor.openWithStripe();
}, 60_000);
afterAll(() => door.close());
beforeEach(() => door.stripe.setDelivery());

const counted = async (metric: string, outcome: string) =>
  Number(new RegExp(`^tacet_billing_${metric}\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(await door.ledger.metrics())?.[1] ?? 0);
const discrepancies = async (kind: string) =>
  (await door.ledger.owner.query<{ subject: string }>('SELECT subject FROM billing.discrepancy WHERE kind = $1', [kind])).rows.map(({ subject }) => subject);
const deploymentId = async () => (await door.ledger.owner.query<{ id: string }>('SELECT deployment_id AS id FROM billing.deployment')).rows[0]!.id;
const api = () => createStripe({ apiKey: door.stripe.apiKey, apiUrl: door.stripe.url });
const lastEvent = () => door.stripe.events().findLast(({ type }) => type === 'checkout.session.completed')!.id;

test('five times, shuffled: credited once', async () => {
  const accountId = await door.newAccount(0n);
  door.stripe.setDelivery({ held: true, repeats: 4 });
  const sessions = [await door.checkout(accountId, 5n * usd), await door.checkout(accountId, 6n * usd)];
  for (const session of sessions) door.stripe.completeCheckout(session);
  door.stripe.refund(sessions[0]!, { amount: 100 });
  door.stripe.release('shuffled', 3);
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(10n * usd);
  expect(await counted('webhooks_total', 'repeated')).toBeGreaterThan(0);
});

test('a refund that overtakes its payment by three days takes nothing twice and leaves no debt', async () => {
  const accountId = await door.newAccount(0n);
  door.stripe.advanceClock(-259_200);
  door.stripe.setDelivery({ held: true });
  const session = await door.checkout(accountId, 5n * usd);
  door.stripe.completeCheckout(session);
  door.stripe.refund(session);
  door.stripe.advanceClock(259_200);
  door.stripe.release('reversed');
  await door.settled();
  expect(await door.balance(accountId)).toMatchObject({ posted: 0n, suspended: false });
  expect(await door.change(accountId, async () => door.stripe.resend(lastEvent()))).toEqual({});
});

test('deliveries that are lost on their way, or whose answer is, come again', async () => {
  const accountId = await door.newAccount(0n);
  door.stripe.setDelivery({ dropShare: 0.3, lostAnswerShare: 0.3, delayMs: [0, 20] });
  for (let i = 0; i < 5; i++) door.stripe.completeCheckout(await door.checkout(accountId, usd));
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(5n * usd);
});

test.each([
  ['wrong-secret', {}, 'bad_signature'],
  ['other-body', {}, 'bad_signature'],
  ['missing', {}, 'bad_signature'],
  ['malformed', {}, 'bad_signature'],
  ['other-scheme', {}, 'bad_signature'],
  ['none', { signatureAgeSeconds: 310 }, 'stale'],
] as const)('a delivery whose signature is of the kind %s %j is refused, counted, and stores nothing', async (signature, age, outcome) => {
  const accountId = await door.newAccount(0n);
  door.stripe.setDelivery({ held: true });
  door.stripe.completeCheckout(await door.checkout(accountId, 5n * usd));
  const before = await counted('webhooks_total', outcome);
  const { status } = await door.stripe.resend(lastEvent(), { signature, ...age });
  expect([status, await counted('webhooks_total', outcome)]).toEqual([400, before + 1]);
  const { rows } = await door.ledger.owner.query('SELECT FROM billing.stripe_event WHERE event_id = $1', [lastEvent()]);
  expect([rows.length, (await door.balance(accountId)).posted]).toEqual([0, 0n]);
  // The same event, signed, is taken.
  await door.stripe.resend(lastEvent());
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(5n * usd);
  door.stripe.release();
});

test('what an event says of its object is not believed: only Stripe is, when it is asked', async () => {
  const accountId = await door.newAccount(0n);
  const [paid, open] = [await door.checkout(accountId, 5n * usd), await door.checkout(accountId, 6n * usd)];
  door.stripe.setDelivery({ held: true });
  door.stripe.completeCheckout(paid);
  const lie = { object: { id: open, object: 'checkout.session', payment_status: 'paid', amount_subtotal: 99_999_999, currency: 'usd' } };
  expect(await door.stripe.resend(lastEvent(), { tamper: { id: 'evt_lie', data: lie } })).toMatchObject({ status: 200 });
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(0n);
  door.stripe.release();
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(5n * usd);
});

test('the listener serves one route, bounded, and answers without telling anything', async () => {
  const post = (url: string, body: string, headers = {}) => fetch(url, { method: 'POST', body, headers });
  expect((await fetch(door.webhookUrl)).status).toBe(404);
  expect((await post(`${door.webhookUrl}/other`, '{}')).status).toBe(404);
  expect((await post(door.webhookUrl, '')).status).toBe(400);
  expect((await post(door.webhookUrl, '{"canary":1}', { 'stripe-signature': 't=1,v1=canary' })).status).toBe(400);
  const answer = await post(door.webhookUrl, `"${'x'.repeat(1_100_000)}"`, { 'stripe-signature': 't=1,v1=00' }).catch(() => undefined);
  // A client that still sends when the answer comes may see the connection close first.
  if (answer) expect([answer.status, await answer.text()]).toEqual([413, '{"outcome":"too_large"}']);
  const { stripe } = door;
  const signed = (text: string) => api().webhooks.generateTestHeaderString({ payload: text, secret: 'whsec_older' });
  for (const text of ['canary', '{"object":"event"}', '{"object":"v2.core.event","id":"evt_1"}'])
    expect((await post(door.webhookUrl, text, { 'stripe-signature': signed(text) })).status).toBe(400);
  expect(stripe.pendingDeliveries()).toBe(0);
});

test('with the older of two secrets a delivery is good as well', async () => {
  const text = JSON.stringify({ id: 'evt_old', object: 'event', type: 'customer.created', data: { object: { id: 'cus_x' } } });
  const signature = api().webhooks.generateTestHeaderString({ payload: text, secret: 'whsec_older' });
  const answer = await fetch(door.webhookUrl, { method: 'POST', body: text, headers: { 'stripe-signature': signature } });
  expect([answer.status, await answer.text()]).toEqual([200, '{"outcome":"ignored"}']);
});

test('a foreign currency, an object that Stripe does not know, and payments of others are set aside; the rest goes on', async () => {
  const accountId = await door.newAccount(0n);
  await door.checkout(accountId, usd);
  const price = (currency: string) => [{ quantity: 1, price_data: { currency, unit_amount: 500, product_data: { name: 'x' } } }];
  const own = { tacet_deployment: await deploymentId(), tacet_account: uuid(accountId) };
  const page = { mode: 'payment' as const, success_url: 'https://t.test' };
  const euros = await api().checkout.sessions.create({ ...page, metadata: own, line_items: price('eur') });
  const others = await api().checkout.sessions.create({ ...page, metadata: { ...own, tacet_deployment: uuid(accountId) }, line_items: price('usd') });
  const nobodys = await api().checkout.sessions.create({ ...page, client_reference_id: uuid(accountId), line_items: price('usd') });
  for (const { id } of [euros, others, nobodys]) door.stripe.completeCheckout(id);
  door.stripe.openDispute(others.id);
  door.stripe.refund(nobodys.id);
  door.stripe.refund(euros.id);
  const text = JSON.stringify({ id: 'evt_unknown', object: 'event', type: 'refund.created', data: { object: { id: 're_unknown' } } });
  const signature = api().webhooks.generateTestHeaderString({ payload: text, secret: 'whsec_of_the_test' });
  await fetch(door.webhookUrl, { method: 'POST', body: text, headers: { 'stripe-signature': signature } });
  await door.buy(accountId, 3n * usd);
  expect((await collect(door.account.ListTransfers({ accountId }))).map(({ amountNano }) => amountNano)).toEqual([(3n * usd).toString()]);
  expect(await discrepancies('foreign_currency')).toEqual([euros.id]);
  expect(await discrepancies('unknown_payment_object')).toEqual(['re_unknown']);
  expect(await counted('payment_events_total', 'foreign_currency')).toBe(1);
  expect(await counted('payment_events_total', 'unknown_object')).toBe(1);
  expect(await counted('payment_events_total', 'not_ours')).toBeGreaterThanOrEqual(4);
});

test('while Stripe does not answer an event waits, and does not keep others', async () => {
  const [first, second] = [await door.newAccount(0n), await door.newAccount(0n)];
  const [stuck, free] = [await door.checkout(first, 5n * usd), await door.checkout(second, 5n * usd)];
  door.stripe.fault({ method: 'GET', path: `/v1/checkout/sessions/${stuck}`, status: 500, count: 4 });
  door.stripe.completeCheckout(stuck);
  door.stripe.completeCheckout(free);
  await door.settled();
  expect([(await door.balance(first)).posted, (await door.balance(second)).posted]).toEqual([5n * usd, 5n * usd]);
  expect(await counted('payment_events_total', 'failed')).toBeGreaterThan(0);
});

test('a worker that loses its connection to the database while it asks Stripe books nothing on another: credited once', async () => {
  const accountId = await door.newAccount(0n);
  const session = await door.checkout(accountId, 5n * usd);
  door.stripe.fault({ method: 'GET', path: `/v1/checkout/sessions/${session}`, answerDelayMs: 500 });
  door.stripe.completeCheckout(session);
  await eventually('Stripe is asked', async () => door.stripe.pendingFaults() === 0);
  const { rows } = await door.ledger.owner.query<{ pid: number }>(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 7455 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  // A role may end its own sessions.
  const billing = await openPool({ url: door.ledger.billingUrl, applicationName: 'test', connectionsMax: 1 });
  await billing.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await billing.end();
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(5n * usd);
  expect(rows.length).toBe(1);
});

test('tax is not credit, a discount is; what is given back takes the same share of the credit', async () => {
  const accountId = await door.newAccount(0n);
  const customer = (await door.checkout(accountId, usd), door.stripe.events().findLast(({ type }) => type === 'customer.created')!.data.object) as { id: string };
  const own = { tacet_deployment: await deploymentId(), tacet_account: uuid(accountId) };
  const session = await api().checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://t.test',
    customer: customer.id,
    metadata: own,
    automatic_tax: { enabled: true },
    allow_promotion_codes: true,
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 1_000, product_data: { name: 'Credit' } } }],
  });
  door.stripe.completeCheckout(session.id, { tax: 160, discount: 200 });
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(10n * usd);
  door.stripe.refund(session.id, { amount: 480 });
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(5n * usd);
  door.stripe.refund(session.id);
  await door.settled();
  expect((await door.balance(accountId)).posted).toBe(0n);
});

test('after all of this the books are in order', async () => {
  expect(await door.brokenInvariants()).toEqual([]);
});
