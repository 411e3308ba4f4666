/**
 * Goal: what billing asks of Stripe is what was held against Stripe's own schema. Method: everything is asked once of the fake; the
 * routes and the names of all parameters are those of the list below. Whoever changes it runs `payments-schema.long.test.ts`, which sends
 * the same requests to Stripe's `stripe-mock`.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PaymentsDoor } from './support/payments-door.ts';
import { tellEverything } from './support/tell-everything.ts';

let door: PaymentsDoor;

beforeAll(async () => {
  door = await PaymentsDoor.openWithStripe();
}, 60_000);
afterAll(() => door.close());

/** Every route with every parameter that was ever sent there. */
function contract(): Record<string, string[]> {
  const asked = new Map<string, Set<string>>();
  for (const { method, path, query, body, status } of door.stripe.requests()) {
    if (status !== 200) continue;
    const route = `${method} ${path.replaceAll(/\/[a-z]{2,4}_(?:test_)?[A-Za-z0-9]{14,}/g, '/:id')}`;
    const names = asked.get(route) ?? new Set<string>();
    for (const name of [...new URLSearchParams(query).keys(), ...new URLSearchParams(body).keys()]) names.add(name);
    asked.set(route, names);
  }
  return Object.fromEntries([...asked].sort(([a], [b]) => (a < b ? -1 : 1)).map(([route, names]) => [route, [...names].sort()]));
}

test('the requests are those that Stripe takes', async () => {
  await tellEverything(door);
  expect(contract()).toEqual({
    'DELETE /v1/customers/:id': [],
    'GET /v1/balance_transactions': ['created[gte]', 'created[lt]', 'expand[0]', 'limit'],
    'GET /v1/checkout/sessions': ['customer', 'limit', 'payment_intent', 'status'],
    'GET /v1/checkout/sessions/:id': [],
    'GET /v1/customers/:id/payment_methods': ['limit'],
    'GET /v1/disputes/:id': [],
    'GET /v1/invoice_payments': ['limit', 'payment[payment_intent]', 'payment[type]'],
    'GET /v1/invoices/:id': ['expand[0]'],
    'GET /v1/payment_intents/:id': [],
    'GET /v1/refunds': ['limit', 'payment_intent'],
    'GET /v1/refunds/:id': [],
    'GET /v1/subscriptions/:id': [],
    'POST /v1/billing_portal/sessions': ['customer', 'return_url'],
    'POST /v1/checkout/sessions': [
      'cancel_url',
      'customer',
      'line_items[0][price_data][currency]',
      'line_items[0][price_data][product_data][name]',
      'line_items[0][price_data][recurring][interval]',
      'line_items[0][price_data][unit_amount]',
      'line_items[0][quantity]',
      'metadata[tacet_account]',
      'metadata[tacet_deployment]',
      'mode',
      'payment_intent_data[metadata][tacet_account]',
      'payment_intent_data[metadata][tacet_deployment]',
      'payment_intent_data[setup_future_usage]',
      'subscription_data[metadata][tacet_account]',
      'subscription_data[metadata][tacet_deployment]',
      'success_url',
    ],
    'POST /v1/checkout/sessions/:id/expire': [],
    'POST /v1/customers': ['metadata[tacet_account]', 'metadata[tacet_deployment]'],
    'POST /v1/payment_intents': [
      'amount',
      'confirm',
      'currency',
      'customer',
      'description',
      'metadata[tacet_account]',
      'metadata[tacet_call]',
      'metadata[tacet_deployment]',
      'metadata[tacet_kind]',
      'off_session',
      'payment_method',
    ],
    'POST /v1/refunds': ['amount', 'metadata[tacet_late]', 'payment_intent', 'reason'],
  });
}, 120_000);
