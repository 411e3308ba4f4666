import { checkPrice, createPrice } from '../acts/create-price.ts';
import { customerDetails, newCheckoutSession, type CheckoutSession } from '../objects/checkout-session.ts';
import { newLineItem, type LineItem } from '../objects/line-item.ts';
import { address, applyMetadata, choice, email, flag, group, list, metadata, text, whole } from '../wire/shapes.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { priceShape, productDataShape } from './price-shapes.ts';
import { route, type Parameters, type Route } from './route.ts';

const lineMembers = {
  price: text().optional(),
  price_data: group({ ...priceShape, product_data: productDataShape.optional() }).optional(),
  quantity: whole(1, 999_999).optional(),
  metadata: metadata().optional(),
};

const shape = {
  mode: choice('payment', 'subscription', 'setup'),
  line_items: list(group(lineMembers)).optional(),
  success_url: address().optional(),
  cancel_url: address().optional(),
  customer: text().optional(),
  customer_creation: choice('always', 'if_required').optional(),
  customer_email: email().optional(),
  customer_update: group({ address: choice('auto', 'never').optional(), name: choice('auto', 'never').optional() }).optional(),
  client_reference_id: text(200).optional(),
  metadata: metadata().optional(),
  expires_at: whole(0, 9_999_999_999).optional(),
  payment_method_types: list(choice('card', 'us_bank_account', 'sepa_debit', 'link', 'paypal')).optional(),
  payment_intent_data: group({ description: text(1_000).optional(), metadata: metadata().optional(), receipt_email: email().optional(), setup_future_usage: choice('off_session', 'on_session').optional(), statement_descriptor_suffix: text(22).optional() }).optional(),
  subscription_data: group({ description: text(500).optional(), metadata: metadata().optional() }).optional(),
  allow_promotion_codes: flag().optional(),
  automatic_tax: group({ enabled: flag() }).optional(),
  billing_address_collection: choice('auto', 'required').optional(),
  invoice_creation: group({ enabled: flag() }).optional(),
  locale: text(10).optional(),
  submit_type: choice('auto', 'pay').optional(),
  tax_id_collection: group({ enabled: flag() }).optional(),
  ui_mode: choice('hosted_page').optional(),
};

type LineRequest = Parameters<typeof lineMembers>;
type SessionRequest = Parameters<typeof shape>;

/** Opens a Checkout Session on Stripe's own page. */
export const createCheckoutSession: Route = route('POST', '/v1/checkout/sessions', shape, (world, request) => {
  const mode = modeOf(request);
  check(world, request, mode);
  const now = world.clock.now();
  const { amount, currency } = checkLines(world, request, mode);
  if (amount < 50) throw invalidRequest(`The Checkout Session's total amount due must add up to at least $0.50 ${currency}`, undefined, 'amount_too_small');
  if (amount > 99_999_999) throw invalidRequest(`The Checkout Session's total amount must be no more than $999,999.99 ${currency}`, undefined, 'amount_too_large');
  const lines = (request.line_items ?? []).map((line) => createLine(world, line));
  const session: CheckoutSession = newCheckoutSession({ id: world.ids.next('checkoutSession'), created: now, expiresAt: request.expires_at ?? now + 86_400, mode, currency, amount });
  fill(world, session, request);
  const intent = request.payment_intent_data;
  const data = mode === 'payment' ? intent : request.subscription_data;
  world.store.checkoutPlans.set(session.id, {
    lines,
    description: data?.description ?? null,
    metadata: applyMetadata({}, data?.metadata),
    setupFutureUsage: intent?.setup_future_usage ?? null,
    receiptEmail: intent?.receipt_email ?? null,
    statementDescriptorSuffix: intent?.statement_descriptor_suffix ?? null,
  });
  return world.store.checkoutSessions.add(session);
});

function modeOf({ mode }: SessionRequest): 'payment' | 'subscription' {
  if (mode === 'setup') throw invalidRequest('The fake has no Checkout Sessions in setup mode.', 'mode');
  return mode;
}

function check({ store, clock }: World, request: SessionRequest, mode: 'payment' | 'subscription'): void {
  const { customer, customer_email: mail, customer_creation: creation, expires_at: expiresAt, success_url: successUrl } = request;
  if (successUrl === undefined) throw invalidRequest('Missing required param: success_url.', 'success_url', 'parameter_missing');
  if (customer !== undefined && mail !== undefined) throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', 'customer', 'parameters_exclusive');
  if (customer !== undefined && creation !== undefined) throw invalidRequest('You may only specify one of these parameters: customer, customer_creation.', 'customer', 'parameters_exclusive');
  if (customer !== undefined) store.customers.get(customer, 'customer');
  if (customer === undefined && request.customer_update !== undefined) throw invalidRequest('`customer_update` can only be used with `customer`.', 'customer_update');
  if (mode === 'subscription') {
    for (const name of ['payment_intent_data', 'customer_creation', 'invoice_creation', 'submit_type'] as const) if (request[name] !== undefined) throw invalidRequest(`You can not pass \`${name}\` in \`subscription\` mode.`, name);
  } else if (request.subscription_data !== undefined) {
    throw invalidRequest('You can not pass `subscription_data` in `payment` mode.', 'subscription_data');
  }
  if (expiresAt === undefined) return;
  const wait = expiresAt - clock.now();
  // A request takes its time: Stripe allows a little less than it says.
  if (wait < 1_790) throw invalidRequest('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', 'expires_at');
  if (wait > 86_400) throw invalidRequest('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', 'expires_at');
}

/** Checks all lines before anything is made of one. Returns what they come to. */
function checkLines(world: World, { line_items: lines = [] }: SessionRequest, mode: 'payment' | 'subscription'): { amount: number; currency: string } {
  if (lines.length === 0) throw invalidRequest('Missing required param: line_items.', 'line_items', 'parameter_missing');
  const checked = lines.map((line, index) => checkLine(world, line, `line_items[${index}]`));
  checked.forEach(({ currency, recurring }, index) => {
    const param = `line_items[${index}]`;
    if (mode === 'payment' && recurring) throw invalidRequest('You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.', param);
    if (mode === 'subscription' && !recurring) throw invalidRequest('You must provide at least one recurring price in `subscription` mode when using prices.', param);
    if (currency !== checked[0]?.currency) throw invalidRequest('All prices on a Checkout Session must have the same currency.', `${param}[price]`);
  });
  return { amount: checked.reduce((sum, { amount }) => sum + amount, 0), currency: checked[0]?.currency ?? 'usd' };
}

function checkLine(world: World, { price, price_data: data, quantity }: LineRequest, param: string): { amount: number; currency: string; recurring: boolean } {
  if (quantity === undefined) throw invalidRequest(`Quantity is required. Add \`quantity\` to \`${param}\``, `${param}[quantity]`);
  if ((price === undefined) === (data === undefined)) throw invalidRequest(`You must specify either \`price\` or \`price_data\` in \`${param}\`.`, param, price === undefined ? 'parameter_missing' : 'parameters_exclusive');
  if (data === undefined) {
    const known = world.store.prices.get(price ?? '', `${param}[price]`);
    return { amount: known.unit_amount * quantity, currency: known.currency, recurring: known.recurring !== null };
  }
  const { unitAmount } = checkPrice(world, data, (name) => `${param}[price_data][${name}]`);
  return { amount: unitAmount * quantity, currency: data.currency, recurring: data.recurring !== undefined };
}

function createLine(world: World, { price: id, price_data: data, quantity = 1, metadata: change }: LineRequest): LineItem {
  const price = data === undefined ? world.store.prices.get(id ?? '') : createPrice(world, data, false);
  const line = newLineItem(world.ids.next('lineItem'), price, quantity, world.store.products.get(price.product).name);
  line.metadata = applyMetadata({}, change);
  return line;
}

function fill({ store, baseUrl }: World, session: CheckoutSession, request: SessionRequest): void {
  const customer = request.customer === undefined ? undefined : store.customers.get(request.customer, 'customer');
  session.customer = customer?.id ?? null;
  session.customer_email = request.customer_email ?? null;
  session.customer_creation = session.mode === 'payment' && customer === undefined ? (request.customer_creation ?? 'if_required') : null;
  const known = customer?.email ?? request.customer_email;
  if (known !== undefined && known !== null) session.customer_details = customerDetails(known, null);
  session.client_reference_id = request.client_reference_id ?? null;
  session.metadata = applyMetadata({}, request.metadata);
  session.success_url = request.success_url ?? null;
  session.cancel_url = request.cancel_url ?? null;
  session.allow_promotion_codes = request.allow_promotion_codes ?? null;
  session.billing_address_collection = request.billing_address_collection ?? null;
  session.locale = request.locale ?? null;
  session.submit_type = request.submit_type ?? null;
  session.payment_method_types = request.payment_method_types ?? ['card', 'us_bank_account'];
  if (request.automatic_tax?.enabled === true) session.automatic_tax = { enabled: true, liability: { type: 'self' }, provider: 'stripe', status: 'requires_location_inputs' };
  if (session.invoice_creation !== null) session.invoice_creation.enabled = request.invoice_creation?.enabled ?? false;
  session.url = `${baseUrl}/fake/pay/${session.id}`;
}
