import { attemptPayment, declineError } from '../acts/attempt-payment.ts';
import { createPaymentIntent } from '../acts/create-payment-intent.ts';
import { findPaymentMethod } from '../acts/create-payment-method.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import type { PaymentMethod } from '../objects/payment-method.ts';
import { address, amount, applyMetadata, choice, currency, email, flag, group, list, metadata, text } from '../wire/shapes.ts';
import { invalidRequest, type StripeError } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { route, type Parameters, type Route } from './route.ts';

const shape = {
  amount: amount(),
  currency: currency(),
  automatic_payment_methods: group({ enabled: flag(), allow_redirects: choice('always', 'never').optional() }).optional(),
  confirm: flag().optional(),
  customer: text().optional(),
  description: text(1_000).optional(),
  error_on_requires_action: flag().optional(),
  metadata: metadata().optional(),
  off_session: flag().optional(),
  payment_method: text().optional(),
  payment_method_types: list(choice('card', 'us_bank_account', 'link')).optional(),
  receipt_email: email().optional(),
  return_url: address().optional(),
  setup_future_usage: choice('off_session', 'on_session').optional(),
  statement_descriptor_suffix: text(22).optional(),
};

type IntentRequest = Parameters<typeof shape>;

/** Makes a payment intent and, with `confirm`, charges it. */
export const createPaymentIntentRoute: Route = route('POST', '/v1/payment_intents', shape, (world, request) => {
  check(world, request);
  const method = request.payment_method === undefined ? undefined : ownMethod(world, request.payment_method, request.customer ?? null);
  const automatic = request.automatic_payment_methods?.enabled ?? request.payment_method_types === undefined;
  const intent = createPaymentIntent(world, request.amount, request.currency, {
    automatic_payment_methods: automatic ? { allow_redirects: request.automatic_payment_methods?.allow_redirects ?? 'always', enabled: true } : null,
    customer: request.customer ?? null,
    description: request.description ?? null,
    metadata: applyMetadata({}, request.metadata),
    payment_method_configuration_details: automatic ? { id: 'pmc_1FakeConfigurationOfTacet', parent: null } : null,
    payment_method_types: request.payment_method_types ?? ['card', 'us_bank_account'],
    receipt_email: request.receipt_email ?? null,
    setup_future_usage: request.setup_future_usage ?? null,
    statement_descriptor_suffix: request.statement_descriptor_suffix ?? null,
  });
  if (method !== undefined) choose(intent, method);
  return request.confirm === true ? confirmIntent(world, intent, request) : intent;
});

function check({ store }: World, request: IntentRequest): void {
  const { customer, confirm = false, amount: cents } = request;
  if (cents < 50) throw invalidRequest('Amount must be at least $0.50 usd', 'amount', 'amount_too_small');
  if (customer !== undefined) store.customers.get(customer, 'customer');
  for (const name of ['off_session', 'error_on_requires_action', 'return_url'] as const) if (request[name] !== undefined && !confirm) throw invalidRequest(`The parameter \`${name}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`, name);
  if (confirm && request.payment_method === undefined) throw missingMethod();
  const redirects = request.payment_method_types === undefined && request.automatic_payment_methods?.allow_redirects !== 'never' && request.automatic_payment_methods?.enabled !== false;
  if (confirm && redirects && request.off_session !== true && request.return_url === undefined) throw missingReturnUrl();
  if (request.automatic_payment_methods?.enabled === true && request.payment_method_types !== undefined) throw invalidRequest('You may only specify one of these parameters: automatic_payment_methods, payment_method_types.', 'automatic_payment_methods', 'parameters_exclusive');
}

/** The error of a confirmation without a way to pay: a customer's default is not used. */
export function missingMethod(): StripeError {
  return invalidRequest("You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.", undefined, 'payment_intent_unexpected_state');
}

function missingReturnUrl(): StripeError {
  return invalidRequest('This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`.', 'return_url');
}

/** Sets how the intent will be paid. Throws where the way to pay is someone else's. */
export function choosePaymentMethod(world: World, intent: PaymentIntent, id: string): void {
  choose(intent, ownMethod(world, id, intent.customer));
}

function ownMethod(world: World, id: string, customer: string | null): PaymentMethod {
  const method = findPaymentMethod(world, id, 'payment_method');
  if (method.customer !== null && customer === null) throw invalidRequest('The provided PaymentMethod cannot be attached. To reuse a PaymentMethod, you must attach it to a Customer first.', 'payment_method');
  if (method.customer !== null && method.customer !== customer) throw invalidRequest(`The PaymentMethod ${id} does not belong to the Customer you supplied. Please use this PaymentMethod with the Customer that it belongs to.`, 'payment_method');
  return method;
}

function choose(intent: PaymentIntent, method: PaymentMethod): void {
  intent.payment_method = method.id;
  if (intent.status === 'requires_payment_method') intent.status = 'requires_confirmation';
}

/** Charges the intent. Throws what Stripe answers when the bank says no: 402, with the intent in it. */
export function confirmIntent(world: World, intent: PaymentIntent, { off_session: offSession = false, return_url: returnUrl, error_on_requires_action: strict = false }: Pick<IntentRequest, 'off_session' | 'return_url' | 'error_on_requires_action'>): PaymentIntent {
  if (intent.payment_method === null) throw missingMethod();
  if (intent.automatic_payment_methods?.allow_redirects === 'always' && !offSession && returnUrl === undefined) throw missingReturnUrl();
  const decline = attemptPayment(world, intent, world.store.paymentMethods.get(intent.payment_method), { offSession: offSession || strict, returnUrl: returnUrl ?? null });
  if (decline !== undefined) throw declineError(world, intent, decline);
  return intent;
}
