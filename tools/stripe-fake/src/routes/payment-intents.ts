import { emit } from '../acts/emit.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import { paginate } from '../wire/paginate.ts';
import { address, applyMetadata, choice, clearableText, flag, metadata, timedPageShape, text } from '../wire/shapes.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { choosePaymentMethod, confirmIntent } from './create-payment-intent.ts';
import { route, type Route } from './route.ts';

const confirmation = {
  error_on_requires_action: flag().optional(),
  off_session: flag().optional(),
  payment_method: text().optional(),
  return_url: address().optional(),
  setup_future_usage: choice('off_session', 'on_session').optional(),
};

/** Payment intents that are there. */
export const paymentIntentRoutes: readonly Route[] = [
  route('GET', '/v1/payment_intents', { ...timedPageShape, customer: text().optional() }, ({ store }, page) => paginate(store.paymentIntents, '/v1/payment_intents', page, ({ customer }) => customer === (page.customer ?? customer))),
  route('GET', '/v1/payment_intents/:id', {}, ({ store }, _parameters, id) => store.paymentIntents.get(id)),
  route('POST', '/v1/payment_intents/:id', { metadata: metadata().optional(), description: clearableText(1_000).optional() }, ({ store }, parameters, id) => {
    const intent = store.paymentIntents.get(id);
    intent.metadata = applyMetadata(intent.metadata, parameters.metadata);
    if (parameters.description !== undefined) intent.description = parameters.description;
    return intent;
  }),
  route('POST', '/v1/payment_intents/:id/confirm', confirmation, (world, parameters, id) => {
    const intent = world.store.paymentIntents.get(id);
    if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_confirmation' && intent.status !== 'requires_action') throw unexpectedState(intent, 'confirm', 'requires_payment_method, requires_confirmation, requires_action');
    if (parameters.setup_future_usage !== undefined) intent.setup_future_usage = parameters.setup_future_usage;
    if (parameters.payment_method !== undefined) choosePaymentMethod(world, intent, parameters.payment_method);
    return confirmIntent(world, intent, parameters);
  }),
  route('POST', '/v1/payment_intents/:id/cancel', { cancellation_reason: choice('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned').optional() }, (world, parameters, id) => cancel(world, world.store.paymentIntents.get(id), parameters.cancellation_reason ?? null)),
];

function cancel(world: World, intent: PaymentIntent, reason: PaymentIntent['cancellation_reason']): PaymentIntent {
  if (intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'processing') throw unexpectedState(intent, 'cancel', 'requires_payment_method, requires_capture, requires_confirmation, requires_action');
  intent.status = 'canceled';
  intent.canceled_at = world.clock.now();
  intent.cancellation_reason = reason;
  intent.next_action = null;
  emit(world, 'payment_intent.canceled', intent);
  return intent;
}

function unexpectedState(intent: PaymentIntent, verb: string, wanted: string) {
  return invalidRequest(`You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${verb}ed: ${wanted}.`, undefined, 'payment_intent_unexpected_state');
}
