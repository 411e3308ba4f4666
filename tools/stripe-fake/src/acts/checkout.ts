import type { CardBehaviour } from '../objects/card.ts';
import { customerDetails, type CheckoutSession } from '../objects/checkout-session.ts';
import type { Customer } from '../objects/customer.ts';
import type { LineItem } from '../objects/line-item.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import { billingDetails } from '../objects/payment-method.ts';
import type { CheckoutPlan } from '../store.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { attemptPayment } from './attempt-payment.ts';
import { createCustomer } from './create-customer.ts';
import { createPaymentIntent } from './create-payment-intent.ts';
import { createPaymentMethod } from './create-payment-method.ts';
import { emit } from './emit.ts';
import { addPayment, invoicePurchase, invoiceSubscription, markPaid, payInvoice } from './invoices.ts';
import { startSubscription } from './subscriptions.ts';

/** What the customer did on the page. */
export interface CheckoutCompletion {
  /** `async`: by bank debit; the session is complete and unpaid until the payment is settled. Default `paid`. */
  readonly payment?: 'paid' | 'async' | undefined;
  /** How the card that was used will behave when it is charged again. Default `succeeds`. */
  readonly cardLater?: CardBehaviour | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  /** In the smallest unit of the currency, beside the prices; only with automatic tax. */
  readonly tax?: number | undefined;
  /** In the smallest unit of the currency, off the prices; only with promotion codes. */
  readonly discount?: number | undefined;
}

/** The customer pays. */
export function completeCheckout(world: World, session: CheckoutSession, completion: CheckoutCompletion): CheckoutSession {
  const plan = openPlan(world, session);
  adjust(session, plan.lines, completion.tax ?? 0, completion.discount ?? 0);
  const customer = customerOf(world, session, plan, completion);
  const { payment = 'paid', cardLater = 'succeeds' } = completion;
  session.customer_details = customerDetails(completion.email ?? customer?.email ?? session.customer_email, completion.name ?? customer?.name ?? null);
  session.status = 'complete';
  session.url = null;
  const method = createPaymentMethod(world, payment === 'async' ? 'pending' : 'succeeds', billingDetails(session.customer_details.email, session.customer_details.name));
  if (session.mode === 'payment') {
    const intent = intentOf(world, session, plan, customer);
    attemptPayment(world, intent, method, { offSession: false, returnUrl: null });
    if (session.invoice_creation?.enabled === true && customer !== undefined) addInvoice(world, session, plan, customer, intent);
  } else if (customer !== undefined) {
    subscribe(world, session, plan, customer, method.id);
  }
  if (payment === 'paid') {
    session.payment_status = 'paid';
    world.store.cardBehaviours.set(method.id, cardLater);
  }
  emit(world, 'checkout.session.completed', session);
  return session;
}

/** The customer tries a card that is declined; the session stays open. */
export function declineCheckout(world: World, session: CheckoutSession, card: CardBehaviour): CheckoutSession {
  const plan = openPlan(world, session);
  if (session.mode !== 'payment') throw invalidRequest('Only a session in payment mode shows a declined card to the API.');
  const customer = session.customer === null ? undefined : world.store.customers.get(session.customer, 'customer');
  const intent = intentOf(world, session, plan, customer);
  attemptPayment(world, intent, createPaymentMethod(world, card), { offSession: true, returnUrl: null });
  return session;
}

/** The session is over without a payment. */
export function expireCheckout(world: World, session: CheckoutSession): CheckoutSession {
  if (session.status !== 'open') throw invalidRequest(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`);
  session.status = 'expired';
  session.url = null;
  emit(world, 'checkout.session.expired', session);
  return session;
}

/** Ends the sessions whose time is over. */
export function expireDueSessions(world: World): void {
  const now = world.clock.now();
  for (const session of world.store.checkoutSessions.newestFirst().toReversed()) if (session.status === 'open' && session.expires_at <= now) expireCheckout(world, session);
}

function openPlan(world: World, session: CheckoutSession): CheckoutPlan {
  if (session.status !== 'open') throw invalidRequest(`The Checkout Session is ${session.status}.`);
  const plan = world.store.checkoutPlans.get(session.id);
  if (plan === undefined) throw new Error('A Checkout Session has no plan');
  return plan;
}

/** Tax and discount are known only when the customer has said where they live and what codes they have. */
function adjust(session: CheckoutSession, lines: readonly LineItem[], tax: number, discount: number): void {
  if (tax > 0 && !session.automatic_tax.enabled) throw invalidRequest('The session has no automatic tax.', 'tax');
  if (discount > 0 && session.allow_promotion_codes !== true) throw invalidRequest('The session allows no promotion codes.', 'discount');
  if (discount > session.amount_subtotal) throw invalidRequest('The discount is larger than the price.', 'discount');
  session.total_details.amount_tax = tax;
  session.total_details.amount_discount = discount;
  session.amount_total = session.amount_subtotal - discount + tax;
  if (session.automatic_tax.enabled) session.automatic_tax.status = 'complete';
  const [first] = lines;
  if (first === undefined) return;
  first.amount_tax = tax;
  first.amount_discount = discount;
  first.amount_total = first.amount_subtotal - discount + tax;
}

/** Who pays. A guest becomes a customer only where something has to be kept for them. */
function customerOf(world: World, session: CheckoutSession, { setupFutureUsage }: CheckoutPlan, { email, name }: CheckoutCompletion): Customer | undefined {
  if (session.customer !== null) return world.store.customers.get(session.customer, 'customer');
  const needed = session.mode === 'subscription' || session.customer_creation === 'always' || setupFutureUsage !== null || session.invoice_creation?.enabled === true;
  if (!needed) return undefined;
  const customer = createCustomer(world, { email: email ?? session.customer_email, name: name ?? null });
  session.customer = customer.id;
  return customer;
}

function intentOf(world: World, session: CheckoutSession, plan: CheckoutPlan, customer: Customer | undefined): PaymentIntent {
  const tried = session.payment_intent === null ? undefined : world.store.paymentIntents.get(session.payment_intent);
  if (tried !== undefined) {
    tried.amount = session.amount_total;
    tried.customer = customer?.id ?? null;
    return tried;
  }
  const intent = createPaymentIntent(world, session.amount_total, session.currency, {
    customer: customer?.id ?? null,
    description: plan.description,
    metadata: plan.metadata,
    payment_method_types: session.payment_method_types,
    receipt_email: plan.receiptEmail,
    setup_future_usage: plan.setupFutureUsage,
    statement_descriptor_suffix: plan.statementDescriptorSuffix,
  });
  session.payment_intent = intent.id;
  return intent;
}

function addInvoice(world: World, session: CheckoutSession, { lines }: CheckoutPlan, customer: Customer, intent: PaymentIntent): void {
  const { amount_tax: tax, amount_discount: discount } = session.total_details;
  const invoice = invoicePurchase(world, customer, lines, { tax, discount });
  session.invoice = invoice.id;
  const payment = addPayment(world, invoice, intent);
  if (intent.status === 'succeeded') markPaid(world, invoice, payment);
}

function subscribe(world: World, session: CheckoutSession, { lines, description, metadata }: CheckoutPlan, customer: Customer, methodId: string): void {
  const { amount_tax: tax, amount_discount: discount } = session.total_details;
  const subscription = startSubscription(world, customer.id, lines, { description, metadata, default_payment_method: methodId });
  const invoice = invoiceSubscription(world, customer, subscription, 'subscription_create', { tax, discount });
  session.subscription = subscription.id;
  session.invoice = invoice.id;
  payInvoice(world, invoice, world.store.paymentMethods.get(methodId), false);
}
