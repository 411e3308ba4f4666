import type { CardBehaviour } from '../objects/card.ts';
import { testPaymentMethods } from '../objects/card.ts';
import { billingDetails, newPaymentMethod, type BillingDetails, type PaymentMethod } from '../objects/payment-method.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { emit } from './emit.ts';

/** Makes a card or bank account that behaves so. */
export function createPaymentMethod(world: World, behaviour: CardBehaviour, details: BillingDetails = billingDetails()): PaymentMethod {
  const method = newPaymentMethod(world.ids.next('paymentMethod'), world.clock.now(), behaviour, details);
  world.store.cardBehaviours.set(method.id, behaviour);
  return world.store.paymentMethods.add(method);
}

/** The way to pay with this id, or a new one where the id is that of one of Stripe's test cards. Throws where it was detached. */
export function findPaymentMethod(world: World, id: string, param: string): PaymentMethod {
  if (world.store.detachedMethods.has(id)) throw invalidRequest('The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.', param);
  const behaviour = Object.hasOwn(testPaymentMethods, id) ? testPaymentMethods[id] : undefined;
  return behaviour === undefined ? world.store.paymentMethods.get(id, param) : createPaymentMethod(world, behaviour);
}

/** What charging it will do. */
export function behaviourOf(world: World, method: PaymentMethod): CardBehaviour {
  return world.store.cardBehaviours.get(method.id) ?? 'succeeds';
}

/** Keeps the way to pay for the customer. Throws where it is someone else's. */
export function attachPaymentMethod(world: World, method: PaymentMethod, customer: string): PaymentMethod {
  if (method.customer === customer) return method;
  if (method.customer !== null) throw invalidRequest('The payment method you provided has already been attached to a customer.', 'payment_method');
  method.customer = customer;
  emit(world, 'payment_method.attached', method);
  return method;
}

/** Takes it from its customer, for good. */
export function detachPaymentMethod(world: World, method: PaymentMethod): PaymentMethod {
  const { customer } = method;
  if (customer === null) throw invalidRequest('The payment method you provided is not attached to a customer so detachment is impossible.', 'payment_method');
  method.customer = null;
  world.store.detachedMethods.add(method.id);
  const settings = world.store.customers.find(customer)?.invoice_settings;
  if (settings?.default_payment_method === method.id) settings.default_payment_method = null;
  emit(world, 'payment_method.detached', method, { customer });
  return method;
}
