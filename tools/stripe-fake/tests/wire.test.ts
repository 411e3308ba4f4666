import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { apiVersion, startStripeFake, type StripeFake } from '../src/index.ts';
import { connect, errorOf, monthly, topUp } from './support/client.ts';

let fake: StripeFake;
let stripe: Stripe;

beforeAll(async () => {
  fake = await startStripeFake();
  stripe = connect(fake);
});
beforeEach(() => fake.reset());
afterAll(() => fake.stop());

const bearer = () => ({ authorization: `Bearer ${fake.apiKey}` });
const form = 'application/x-www-form-urlencoded';
const post = (path: string, body: string, headers: Record<string, string> = {}) => fetch(fake.url + path, { method: 'POST', body, headers: { ...bearer(), 'content-type': form, ...headers } });

interface ErrorBody {
  readonly error: { readonly type: string; readonly code?: string; readonly param?: string; readonly message: string };
}
const refusal = async (response: Response) => ({ status: response.status, ...((await response.json()) as ErrorBody).error });

describe('who asks', () => {
  test('must have the key', async () => {
    const error = await errorOf(connect(fake, { apiKey: 'sk_test_other' }).customers.list());
    expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401, rawType: 'invalid_request_error' });
    expect(error.message).not.toContain('other');
    expect(await refusal(await fetch(`${fake.url}/v1/customers`))).toMatchObject({ status: 401, message: expect.stringMatching(/did not provide an API key/) });
    expect((await fetch(`${fake.url}/v1/customers`, { headers: { authorization: `Basic ${btoa(`${fake.apiKey}:`)}` } })).status).toBe(200);
  });

  test('speaks one version of the API', async () => {
    const response = await fetch(`${fake.url}/v1/customers`, { headers: { ...bearer(), 'stripe-version': '2020-08-27' } });
    expect(await refusal(response)).toMatchObject({ status: 400, message: expect.stringMatching(/Invalid Stripe API version/) });
    expect(response.headers.get('request-id')).toMatch(/^req_/);
    const { lastResponse } = await stripe.customers.create({});
    expect(lastResponse).toMatchObject({ apiVersion, requestId: expect.stringMatching(/^req_/), statusCode: 200 });
  });
});

describe('a request', () => {
  test('to nowhere is 404, with the method', async () => {
    expect(await refusal(await post('/v1/nothing', ''))).toMatchObject({ status: 404, type: 'invalid_request_error', message: expect.stringMatching(/^Unrecognized request URL \(POST: \/v1\/nothing\)/) });
    expect((await fetch(`${fake.url}/v1/customers/`, { headers: bearer() })).status).toBe(404);
    expect((await fetch(`${fake.url}/v2/core/events`, { headers: bearer() })).status).toBe(404);
  });

  test('must be a form', async () => {
    expect(await refusal(await post('/v1/customers', '{"name":"x"}', { 'content-type': 'application/json' }))).toMatchObject({ status: 400, message: expect.stringMatching(/x-www-form-urlencoded/) });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  test.each([
    ['metadata=x', 'metadata'],
    ['name[a]=x', 'name'],
    ['a[b=x', undefined],
    ['[a]=x', undefined],
    ['name=x&name[a]=y', 'name'],
    ['metadata[a][b]=x', 'metadata'],
    ['preferred_locales=de', 'preferred_locales'],
    ['address=x', 'address'],
    ['foo=1', 'foo'],
    ['address[planet]=x', 'address[planet]'],
    ['__proto__[x]=1', '__proto__'],
    ['email=nobody', 'email'],
    [`metadata[${'k'.repeat(41)}]=x`, 'metadata'],
    [`metadata[k]=${'v'.repeat(501)}`, 'metadata'],
    [Array.from({ length: 51 }, (_, index) => `metadata[k${index}]=v`).join('&'), 'metadata'],
    [Array.from({ length: 1_001 }, (_, index) => `k${index}=v`).join('&'), undefined],
    [`a${'[b]'.repeat(9)}=x`, undefined],
  ])('with a body that makes no sense is refused: %.60s', async (body, param) => {
    const told = await refusal(await post('/v1/customers', body));
    expect(told).toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(told.param).toBe(param);
    expect(fake.events()).toEqual([]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('that is too large is refused', async () => {
    expect(await refusal(await post('/v1/customers', `name=${'x'.repeat(1_100_000)}`))).toMatchObject({ status: 413 });
  });

  test('may write lists with and without indexes', async () => {
    const response = await post('/v1/customers', 'preferred_locales[]=de&preferred_locales[]=en');
    expect(await response.json()).toMatchObject({ preferred_locales: ['de', 'en'] });
    expect(await (await post('/v1/customers', 'preferred_locales[1]=en&preferred_locales[0]=de')).json()).toMatchObject({ preferred_locales: ['de', 'en'] });
  });

  test('for what is not there says what, and where the id was', async () => {
    expect(await errorOf(stripe.customers.retrieve('cus_none'))).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id', message: "No such customer: 'cus_none'", doc_url: 'https://stripe.com/docs/error-codes/resource-missing' });
    for (const one of [stripe.paymentIntents.retrieve('pi_x'), stripe.charges.retrieve('ch_x'), stripe.refunds.retrieve('re_x'), stripe.disputes.retrieve('du_x'), stripe.subscriptions.retrieve('sub_x'), stripe.invoices.retrieve('in_x'), stripe.events.retrieve('evt_x'), stripe.checkout.sessions.retrieve('cs_x'), stripe.prices.retrieve('price_x'), stripe.products.retrieve('prod_x'), stripe.paymentMethods.retrieve('pm_x'), stripe.balanceTransactions.retrieve('txn_x'), stripe.invoicePayments.retrieve('inpay_x')]) expect(await errorOf(one)).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });
});

describe('a key for repetitions', () => {
  test('gives the same answer to the same request, and nothing happens twice', async () => {
    const options = { idempotencyKey: 'top-up-1' };
    const first = await stripe.customers.create({ name: 'Ada' }, options);
    const second = await stripe.customers.create({ name: 'Ada' }, options);
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true', 'idempotency-key': 'top-up-1', 'original-request': first.lastResponse.requestId });
    expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect((await stripe.customers.list()).data).toHaveLength(1);
    expect(fake.requests().map(({ replayed }) => replayed)).toEqual([false, true, false]);
  });

  test('refuses another request', async () => {
    await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
    expect(await errorOf(stripe.customers.create({ name: 'Bob' }, { idempotencyKey: 'k' }))).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400, rawType: 'idempotency_error' });
    expect((await errorOf(stripe.products.create({ name: 'Ada' }, { idempotencyKey: 'k' }))).message).toMatch(/same endpoint.*'\/v1\/products' vs '\/v1\/customers'/);
  });

  test('keeps an error of the execution, and not one of the parameters', async () => {
    const { id: customer } = await stripe.customers.create({});
    const charge = { amount: 500, currency: 'usd', customer, payment_method: 'pm_card_chargeDeclined', confirm: true, off_session: true };
    const first = await errorOf(stripe.paymentIntents.create(charge, { idempotencyKey: 'c' }));
    const second = await errorOf(stripe.paymentIntents.create(charge, { idempotencyKey: 'c' }));
    expect([first.payment_intent?.id, second.headers?.['idempotent-replayed']]).toEqual([second.payment_intent?.id, 'true']);
    expect((await errorOf(stripe.paymentIntents.create({ currency: 'usd' } as Stripe.PaymentIntentCreateParams, { idempotencyKey: 'p' }))).code).toBe('parameter_missing');
    expect(await stripe.paymentIntents.create({ amount: 500, currency: 'usd' }, { idempotencyKey: 'p' })).toMatchObject({ amount: 500 });
  });

  test('is in use while its first request runs', async () => {
    fake.fault({ method: 'POST', path: '/v1/customers', delayMs: 1_500 });
    const first = stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
    const second = await errorOf(stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' }));
    expect(second).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use', headers: { 'stripe-should-retry': 'true' } });
    await first;
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  test('is forgotten after a day', async () => {
    const { id } = await stripe.customers.create({}, { idempotencyKey: 'k' });
    fake.advanceClock(86_401);
    expect((await stripe.customers.create({}, { idempotencyKey: 'k' })).id).not.toBe(id);
  });

  test('has at most 255 characters', async () => {
    expect((await post('/v1/customers', '', { 'idempotency-key': 'k'.repeat(256) })).status).toBe(400);
    expect((await post('/v1/customers', '', { 'idempotency-key': 'k'.repeat(255) })).status).toBe(200);
  });
});

describe('a list', () => {
  test('has pages, forwards and backwards', async () => {
    for (let n = 0; n < 25; n++) await stripe.customers.create({ name: `n${n}` });
    const first = await stripe.customers.list();
    expect([first.data.length, first.has_more, first.url, first.object]).toEqual([10, true, '/v1/customers', 'list']);
    const second = await stripe.customers.list({ limit: 12, starting_after: first.data.at(-1)!.id });
    expect([second.data.length, second.has_more, second.data[0]!.name]).toEqual([12, true, 'n14']);
    const third = await stripe.customers.list({ starting_after: second.data.at(-1)!.id });
    expect([third.data.length, third.has_more]).toEqual([3, false]);
    const back = await stripe.customers.list({ limit: 5, ending_before: second.data[0]!.id });
    expect([back.data.map(({ name }) => name), back.has_more]).toEqual([['n19', 'n18', 'n17', 'n16', 'n15'], true]);
    const all = await stripe.customers.list({ limit: 7 }).autoPagingToArray({ limit: 100 });
    expect(new Set(all.map(({ id }) => id)).size).toBe(25);
  });

  test('can be bounded in time', async () => {
    const old = await stripe.customers.create({});
    fake.advanceClock(3_600);
    const young = await stripe.customers.create({});
    expect((await stripe.customers.list({ created: { gt: old.created } })).data.map(({ id }) => id)).toEqual([young.id]);
    expect((await stripe.customers.list({ created: old.created })).data.map(({ id }) => id)).toEqual([old.id]);
    expect((await stripe.customers.list({ created: { gte: old.created, lt: young.created } })).data.map(({ id }) => id)).toEqual([old.id]);
  });

  test('refuses sizes and starts that are none', async () => {
    for (const limit of [0, 101, 1.5]) expect(await errorOf(stripe.customers.list({ limit }))).toMatchObject({ statusCode: 400, param: 'limit', code: 'parameter_invalid_integer' });
    expect(await errorOf(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({ statusCode: 400, param: 'starting_after', code: 'resource_missing' });
  });
});

describe('expand', () => {
  test('refuses what cannot be expanded', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(500));
    for (const path of ['mode', 'line_items.data.quantity', 'none', '__proto__', 'constructor.x', 'line_items.__proto__']) expect(await errorOf(stripe.checkout.sessions.retrieve(id, { expand: [path] }))).toMatchObject({ statusCode: 400, message: expect.stringMatching(/cannot be expanded/) });
    expect((await errorOf(stripe.checkout.sessions.list({ expand: ['payment_intent'] }))).message).toMatch(/try expanding 'data.payment_intent' instead/);
    expect((await errorOf(stripe.checkout.sessions.list({ expand: ['data.payment_intent.latest_charge.balance_transaction.source.customer'] }))).message).toMatch(/more than 4 levels/);
  });

  test('goes through lists and through what is not there', async () => {
    const open = await stripe.checkout.sessions.create(topUp(500));
    const paid = await stripe.checkout.sessions.create(monthly(500));
    fake.completeCheckout(paid.id);
    const { data } = await stripe.checkout.sessions.list({ expand: ['data.subscription.latest_invoice', 'data.payment_intent.latest_charge'] });
    expect(data).toMatchObject([{ id: paid.id, subscription: { latest_invoice: { object: 'invoice', status: 'paid' } } }, { id: open.id, subscription: null, payment_intent: null }]);
    expect(data[1]).not.toHaveProperty('line_items');
  });
});

describe('events', () => {
  test('can be listed by type and found', async () => {
    const { id } = await stripe.checkout.sessions.create(topUp(500));
    fake.completeCheckout(id);
    const [event] = (await stripe.events.list({ type: 'checkout.session.completed' })).data;
    expect(event).toMatchObject({ object: 'event', api_version: apiVersion, livemode: false, data: { object: { id, payment_status: 'paid' } } });
    expect(await stripe.events.retrieve(event!.id)).toMatchObject({ id: event!.id });
    expect((await stripe.events.list({ types: ['charge.succeeded', 'payment_intent.succeeded'] })).data).toHaveLength(2);
    expect((await stripe.events.list({ type: 'payment_intent.*' })).data).toHaveLength(2);
  });

  test('show their objects as they were then', async () => {
    const { id } = await stripe.customers.create({ name: 'before' });
    await stripe.customers.update(id, { name: 'after' });
    expect((await stripe.events.list({ type: 'customer.created' })).data[0]!.data.object).toMatchObject({ name: 'before' });
  });
});

test('the same seed gives the same ids, another gives others, and a reset repeats none', async () => {
  const run = async (seed: number) => {
    const other = await startStripeFake({ seed });
    const client = connect(other);
    const ids = [];
    for (let n = 0; n < 2; n++) {
      const { id: customer } = await client.customers.create({});
      ids.push(customer, (await client.checkout.sessions.create(topUp(500, { customer }))).id);
      other.reset();
    }
    await other.stop();
    return ids;
  };
  const [one, two, three] = [await run(7), await run(7), await run(8)];
  expect(two).toEqual(one);
  expect(new Set([...one, ...three]).size).toBe(8);
});
