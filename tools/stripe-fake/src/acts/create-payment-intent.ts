import { newPaymentIntent, type PaymentIntent } from '../objects/payment-intent.ts';
import type { World } from '../world.ts';
import { emit } from './emit.ts';

/** What an intent may have from the beginning. */
export type PaymentIntentFields = Partial<Pick<PaymentIntent, 'customer' | 'description' | 'metadata' | 'receipt_email' | 'setup_future_usage' | 'statement_descriptor_suffix' | 'payment_method_types' | 'automatic_payment_methods' | 'payment_method_configuration_details'>>;

/** An intent to be paid so much, in the smallest unit of the currency. */
export function createPaymentIntent(world: World, amount: number, currency: string, fields: PaymentIntentFields): PaymentIntent {
  const intent = newPaymentIntent(world.ids.next('paymentIntent'), world.clock.now(), world.ids.next('secret'), amount, currency);
  Object.assign(intent, fields);
  world.store.paymentIntents.add(intent);
  emit(world, 'payment_intent.created', intent);
  return intent;
}
