import { newCustomer, type Customer } from '../objects/customer.ts';
import type { World } from '../world.ts';
import { emit } from './emit.ts';

/** What a customer may have from the beginning. */
export type CustomerFields = Partial<Pick<Customer, 'address' | 'description' | 'email' | 'metadata' | 'name' | 'phone' | 'preferred_locales' | 'tax_exempt'>>;

/** A new customer. */
export function createCustomer(world: World, fields: CustomerFields): Customer {
  const customer = newCustomer(world.ids.next('customer'), world.clock.now(), world.ids.next('invoicePrefix').toUpperCase());
  Object.assign(customer, fields);
  world.store.customers.add(customer);
  emit(world, 'customer.created', customer);
  return customer;
}
