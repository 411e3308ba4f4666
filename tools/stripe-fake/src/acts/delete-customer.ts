import { deletedCustomer, type DeletedCustomer } from '../objects/customer.ts';
import { resourceMissing } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { detachPaymentMethod } from './create-payment-method.ts';
import { emit } from './emit.ts';
import { cancelSubscription } from './subscriptions.ts';

/** Deletes the customer for good: subscriptions end at once, ways to pay are forgotten. Payments and their records stay. */
export function deleteCustomer(world: World, id: string): DeletedCustomer {
  const { store } = world;
  if (store.deletedCustomers.has(id)) throw resourceMissing('customer', id, 'id');
  const customer = store.customers.get(id);
  for (const subscription of store.subscriptions.newestFirst()) {
    if (subscription.customer === id && subscription.status !== 'canceled') cancelSubscription(world, subscription, {});
  }
  for (const method of store.paymentMethods.newestFirst()) if (method.customer === id) detachPaymentMethod(world, method);
  store.customers.delete(id);
  store.deletedCustomers.add(id);
  emit(world, 'customer.deleted', customer);
  return deletedCustomer(id);
}
