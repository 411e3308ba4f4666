import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { eventually } from '@tacet/testing';
import { startStripeFake, type StripeFake } from '../src/index.ts';
import { connect, errorOf } from './support/client.ts';

let fake: StripeFake;
let stripe: Stripe;

beforeAll(async () => {
  fake = await startStripeFake();
  stripe = connect(fake);
});
beforeEach(() => fake.reset());
afterAll(() => fake.stop());

describe('a request that goes wrong', () => {
  test.each([[500, 'StripeAPIError'], [503, 'StripeAPIError'], [429, 'StripeRateLimitError']] as const)('with %i was not executed and keeps no key', async (status, type) => {
    fake.fault({ status });
    expect(await errorOf(stripe.customers.create({}, { idempotencyKey: 'k' }))).toMatchObject({ type, statusCode: status });
    expect((await stripe.customers.list()).data).toEqual([]);
    await stripe.customers.create({}, { idempotencyKey: 'k' });
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  test('after it was executed keeps its error under the key', async () => {
    fake.fault({ status: 500, executed: true });
    const options = { idempotencyKey: 'k' };
    expect(await errorOf(stripe.customers.create({}, options))).toMatchObject({ statusCode: 500, headers: { 'stripe-should-retry': 'false' } });
    expect(await errorOf(stripe.customers.create({}, options))).toMatchObject({ statusCode: 500, headers: { 'idempotent-replayed': 'true' } });
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  test('loses its answer; the library tries again with its key, and nothing happens twice', async () => {
    fake.fault({ method: 'POST', cut: true, executed: true });
    const customer = await connect(fake, { maxNetworkRetries: 2 }).customers.create({ name: 'Ada' });
    expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([customer.id]);
    expect(fake.requests().slice(0, 2)).toMatchObject([{ method: 'POST', status: null }, { method: 'POST', status: 200, replayed: true }]);
  });

  test('never gets there', async () => {
    fake.fault({ cut: true, count: 2 });
    expect(await errorOf(stripe.customers.create({}))).toMatchObject({ type: 'StripeConnectionError' });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  test('hangs until the client gives up', async () => {
    fake.fault({ hang: true, executed: true });
    expect(await errorOf(stripe.customers.create({}, { timeout: 1_000, maxNetworkRetries: 0 }))).toMatchObject({ type: 'StripeConnectionError' });
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  test('is overtaken by its own event', async () => {
    fake.fault({ method: 'POST', answerDelayMs: 1_500 });
    const answer = stripe.customers.create({});
    await eventually('the event is there first', () => fake.events().length === 1);
    expect(fake.requests()[0]!.status).toBeNull();
    await answer;
  });
});

test('faults are for the requests that they name, so often as they say', async () => {
  fake.fault({ method: 'POST', path: '/v1/refunds', status: 500 });
  fake.fault({ method: 'GET', path: '/v1/customers', status: 503, count: 2 });
  expect(fake.pendingFaults()).toBe(3);
  await stripe.customers.create({});
  for (let n = 0; n < 2; n++) expect((await errorOf(stripe.customers.list())).statusCode).toBe(503);
  await stripe.customers.list();
  expect(fake.pendingFaults()).toBe(1);
  expect((await errorOf(stripe.refunds.create({ charge: 'ch_x' }))).statusCode).toBe(500);
  expect(fake.pendingFaults()).toBe(0);
});

test('requests are recorded with all that was sent but the key', async () => {
  await stripe.customers.create({ email: 'canary-1@tacet.example', metadata: { note: 'canary-2' } }, { idempotencyKey: 'canary-3' });
  await stripe.customers.list({ email: 'canary-4@tacet.example' });
  await errorOf(stripe.customers.create({ name: 'canary-5', foo: 'canary-6' } as Stripe.CustomerCreateParams));
  const recorded = JSON.stringify(fake.requests());
  for (let n = 1; n <= 6; n++) expect(recorded).toContain(`canary-${n}`);
  expect(recorded).not.toContain(fake.apiKey);
  expect(fake.requests()).toMatchObject([
    { method: 'POST', path: '/v1/customers', status: 200, idempotencyKey: 'canary-3', parameters: { email: 'canary-1@tacet.example', metadata: { note: 'canary-2' } } },
    { method: 'GET', path: '/v1/customers', status: 200, query: '?email=canary-4%40tacet.example', parameters: { email: 'canary-4@tacet.example' } },
    { method: 'POST', status: 400, parameters: { foo: 'canary-6' } },
  ]);
  expect(fake.requests()[0]!.headers).toContainEqual(['Authorization', '[sealed]']);
  expect(fake.requests()[0]!.headers.map(([name]) => name.toLowerCase())).toContain('x-stripe-client-user-agent');
});

test('a request that is refused at the door is recorded too', async () => {
  await errorOf(connect(fake, { apiKey: 'sk_test_wrong' }).customers.list({ email: 'canary@tacet.example' }));
  expect(fake.requests()).toMatchObject([{ status: 401, parameters: { email: 'canary@tacet.example' } }]);
  expect(JSON.stringify(fake.requests())).not.toContain('wrong');
});
