import { approved, newCharge, type Charge } from '../objects/charge.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import type { PaymentMethod } from '../objects/payment-method.ts';
import { StripeError } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { attachPaymentMethod, behaviourOf } from './create-payment-method.ts';
import { authenticationRequired, declineOf, type Decline } from './declines.ts';
import { emit } from './emit.ts';
import { chargeFee, recordMovement } from './record-movement.ts';

/** Whether the customer is there to authenticate, and where the bank would send them back to. */
export interface Attempt {
  readonly offSession: boolean;
  readonly returnUrl: string | null;
}

/**
 * Charges the way to pay what the intent says. Returns how it was declined, if it was; the intent then waits for
 * another way to pay. `processing` and `requires_action` are no declines.
 */
export function attemptPayment(world: World, intent: PaymentIntent, method: PaymentMethod, { offSession, returnUrl }: Attempt): Decline | undefined {
  intent.payment_method = method.id;
  intent.last_payment_error = null;
  const behaviour = behaviourOf(world, method);
  if (behaviour === 'pending') return startDebit(world, intent, method);
  if (behaviour === 'authentication_required') return offSession ? decline(world, intent, method, authenticationRequired) : askForAuthentication(world, intent, returnUrl);
  const reason = declineOf(behaviour);
  if (reason !== undefined) return decline(world, intent, method, reason);
  succeed(world, intent, addCharge(world, intent, method));
  return undefined;
}

/** The error that an attempt through the API answers with. */
export function declineError(world: World, intent: PaymentIntent, { code, declineCode, message, adviceCode }: Decline): StripeError {
  const failed = intent.last_payment_error;
  return new StripeError(402, 'card_error', message, {
    ...(adviceCode === null ? {} : { advice_code: adviceCode }),
    charge: intent.latest_charge ?? undefined,
    code,
    decline_code: declineCode,
    payment_intent: structuredClone(intent),
    payment_method: failed?.payment_method,
  });
}

/** A charge on the intent that has neither succeeded nor failed. */
export function addCharge(world: World, intent: PaymentIntent, method: PaymentMethod): Charge {
  const charge = newCharge(world.ids.next('charge'), world.clock.now(), intent, method, structuredClone(method.billing_details));
  intent.latest_charge = charge.id;
  return world.store.charges.add(charge);
}

/** The money is there. */
export function succeed(world: World, intent: PaymentIntent, charge: Charge): void {
  charge.status = 'succeeded';
  charge.paid = true;
  charge.captured = true;
  charge.amount_captured = charge.amount;
  charge.outcome = approved();
  charge.receipt_url = `${world.baseUrl}/fake/receipt/${charge.id}`;
  charge.balance_transaction = recordMovement(world, charge.payment_method_details.type === 'card' ? 'charge' : 'payment', charge.id, charge.currency, charge.amount, chargeFee(charge.amount)).id;
  intent.status = 'succeeded';
  intent.next_action = null;
  intent.amount_received = intent.amount;
  const customer = intent.customer === null ? undefined : world.store.customers.find(intent.customer);
  if (intent.setup_future_usage !== null && customer !== undefined) attachPaymentMethod(world, world.store.paymentMethods.get(charge.payment_method), customer.id);
  emit(world, 'charge.succeeded', charge);
  emit(world, 'payment_intent.succeeded', intent);
}

/** The money will not come from this way to pay. */
export function fail(world: World, intent: PaymentIntent, charge: Charge, method: PaymentMethod, reason: Decline): void {
  charge.status = 'failed';
  charge.failure_code = reason.code;
  charge.failure_message = reason.message;
  charge.outcome = { ...approved(), advice_code: reason.adviceCode, network_decline_code: '05', network_status: 'declined_by_network', reason: reason.declineCode, seller_message: reason.sellerMessage, type: 'issuer_declined' };
  refuse(intent, method, reason, charge.id);
  emit(world, 'charge.failed', charge);
  emit(world, 'payment_intent.payment_failed', intent);
}

/** The intent waits for another way to pay and says why. */
export function refuse(intent: PaymentIntent, method: PaymentMethod, { code, declineCode, message, adviceCode }: Decline, charge: string | undefined): void {
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.next_action = null;
  intent.last_payment_error = {
    ...(adviceCode === null ? {} : { advice_code: adviceCode }),
    ...(charge === undefined ? {} : { charge }),
    code,
    decline_code: declineCode,
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
    message,
    payment_method: structuredClone(method),
    type: 'card_error',
  };
}

function decline(world: World, intent: PaymentIntent, method: PaymentMethod, reason: Decline): Decline {
  fail(world, intent, addCharge(world, intent, method), method, reason);
  return reason;
}

function startDebit(world: World, intent: PaymentIntent, method: PaymentMethod): undefined {
  const charge = addCharge(world, intent, method);
  intent.status = 'processing';
  emit(world, 'charge.pending', charge);
  emit(world, 'payment_intent.processing', intent);
}

function askForAuthentication(world: World, intent: PaymentIntent, returnUrl: string | null): undefined {
  intent.status = 'requires_action';
  intent.next_action = returnUrl === null ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } } : { redirect_to_url: { return_url: returnUrl, url: `${world.baseUrl}/fake/authenticate/${intent.id}` }, type: 'redirect_to_url' };
  emit(world, 'payment_intent.requires_action', intent);
}
