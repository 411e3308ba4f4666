import { settleAuthentication, settlePayment, type Outcome } from '../acts/settle-payment.ts';
import type { CheckoutSession } from '../objects/checkout-session.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { chargeOf } from './charge-of.ts';

/** The bank debit that pays the session has come through or come back. */
export function settleSession(world: World, id: string, outcome: Outcome): CheckoutSession {
  const session = world.store.checkoutSessions.get(id);
  if (session.status !== 'complete') throw invalidRequest(`The Checkout Session is ${session.status}: nobody has paid.`);
  settlePayment(world, world.store.paymentIntents.get(chargeOf(world.store, id).payment_intent), outcome);
  return session;
}

/** The bank debit that pays the intent has come through or come back. */
export function settleIntent(world: World, id: string, outcome: Outcome): PaymentIntent {
  const intent = world.store.paymentIntents.get(id);
  settlePayment(world, intent, outcome);
  return intent;
}

/** The customer has come back from their bank. */
export function authenticateIntent(world: World, id: string, outcome: Outcome): PaymentIntent {
  const intent = world.store.paymentIntents.get(id);
  settleAuthentication(world, intent, outcome);
  return intent;
}
