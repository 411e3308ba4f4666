import type { PaymentIntent } from '../objects/payment-intent.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { addCharge, fail, refuse, succeed } from './attempt-payment.ts';
import { authenticationFailed, debitReturned } from './declines.ts';
import { emit } from './emit.ts';
import { markPaid, markUnpaid } from './invoices.ts';

/** How something that takes its time came out. */
export type Outcome = 'succeeded' | 'failed';

/** A bank debit that was processing has come through or has come back: intent, charge, invoice and Checkout Session follow. */
export function settlePayment(world: World, intent: PaymentIntent, outcome: Outcome): void {
  if (intent.status !== 'processing') throw invalidRequest(`The payment intent is ${intent.status}: only one that is processing can be settled.`);
  const charge = world.store.charges.get(intent.latest_charge ?? '');
  if (outcome === 'succeeded') succeed(world, intent, charge);
  else fail(world, intent, charge, world.store.paymentMethods.get(charge.payment_method), debitReturned);
  followUp(world, intent, outcome);
}

/** The customer came back from their bank, which knows them now or does not. */
export function settleAuthentication(world: World, intent: PaymentIntent, outcome: Outcome): void {
  if (intent.status !== 'requires_action') throw invalidRequest(`The payment intent is ${intent.status}: only one that requires action can be authenticated.`);
  const method = world.store.paymentMethods.get(intent.payment_method ?? '');
  if (outcome === 'succeeded') {
    succeed(world, intent, addCharge(world, intent, method));
  } else {
    refuse(intent, method, authenticationFailed, undefined);
    emit(world, 'payment_intent.payment_failed', intent);
  }
  followUp(world, intent, outcome);
}

function followUp(world: World, intent: PaymentIntent, outcome: Outcome): void {
  const { store } = world;
  const payment = store.invoicePayments.newestFirst().find((one) => one.payment.payment_intent === intent.id && one.status === 'open');
  const invoice = payment && store.invoices.get(payment.invoice);
  if (payment && invoice?.status === 'open') {
    if (outcome === 'succeeded') markPaid(world, invoice, payment);
    else markUnpaid(world, invoice);
  }
  const session = store.checkoutSessions.newestFirst().find((one) => one.payment_intent === intent.id || (invoice !== undefined && one.invoice === invoice.id));
  if (session?.status !== 'complete' || session.payment_status === 'paid') return;
  if (outcome === 'succeeded') session.payment_status = 'paid';
  emit(world, outcome === 'succeeded' ? 'checkout.session.async_payment_succeeded' : 'checkout.session.async_payment_failed', session);
}
