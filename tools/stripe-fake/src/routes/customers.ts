import { createCustomer, type CustomerFields } from '../acts/create-customer.ts';
import { attachPaymentMethod, findPaymentMethod } from '../acts/create-payment-method.ts';
import { deleteCustomer } from '../acts/delete-customer.ts';
import { emitChange } from '../acts/emit.ts';
import { emptyAddress } from '../objects/address.ts';
import { deletedCustomer } from '../objects/customer.ts';
import type { Metadata } from '../objects/json.ts';
import { paginate } from '../wire/paginate.ts';
import { applyMetadata, choice, clearableText, group, list, metadata, timedPageShape, text } from '../wire/shapes.ts';
import { invalidRequest, type StripeError } from '../wire/stripe-error.ts';
import { route, type Parameters, type Route } from './route.ts';

const addressLine = clearableText().optional();

const fields = {
  address: group({ city: addressLine, country: addressLine, line1: addressLine, line2: addressLine, postal_code: addressLine, state: addressLine }).optional(),
  description: clearableText().optional(),
  email: clearableText(512).optional(),
  invoice_settings: group({ default_payment_method: clearableText().optional() }).optional(),
  metadata: metadata().optional(),
  name: clearableText(256).optional(),
  phone: clearableText(20).optional(),
  preferred_locales: list(text(20)).optional(),
  tax_exempt: choice('none', 'exempt', 'reverse').optional(),
};

/** Customers. */
export const customerRoutes: readonly Route[] = [
  route('POST', '/v1/customers', { ...fields, payment_method: text().optional() }, (world, parameters) => {
    const { payment_method: methodId, invoice_settings: settings } = parameters;
    const method = methodId === undefined ? undefined : findPaymentMethod(world, methodId, 'payment_method');
    if (method !== undefined && method.customer !== null) throw invalidRequest('The payment method you provided has already been attached to a customer.', 'payment_method');
    const wanted = settings?.default_payment_method;
    if (typeof wanted === 'string' && wanted !== methodId) throw notOwn(wanted);
    const customer = createCustomer(world, changesOf(parameters, {}));
    if (method !== undefined) attachPaymentMethod(world, method, customer.id);
    if (method !== undefined && typeof wanted === 'string') customer.invoice_settings.default_payment_method = method.id;
    return customer;
  }),
  route('GET', '/v1/customers', { ...timedPageShape, email: text(512).optional() }, ({ store }, page) => paginate(store.customers, '/v1/customers', page, ({ email }) => page.email === undefined || email === page.email)),
  route('GET', '/v1/customers/:id', {}, ({ store }, _parameters, id) => (store.deletedCustomers.has(id) ? deletedCustomer(id) : store.customers.get(id))),
  route('POST', '/v1/customers/:id', fields, (world, parameters, id) => {
    const customer = world.store.customers.get(id);
    const changes = changesOf(parameters, customer.metadata);
    const method = parameters.invoice_settings?.default_payment_method;
    if (typeof method === 'string' && world.store.paymentMethods.find(method)?.customer !== id) throw notOwn(method);
    emitChange(world, 'customer.updated', customer, () => {
      Object.assign(customer, changes);
      if (method !== undefined) customer.invoice_settings.default_payment_method = method;
    });
    return customer;
  }),
  route('DELETE', '/v1/customers/:id', {}, (world, _parameters, id) => deleteCustomer(world, id), {}),
];

/** What a request says about a customer, all of it checked. */
function changesOf(parameters: Parameters<typeof fields>, oldMetadata: Metadata): CustomerFields {
  const { address, description, email, metadata: change, name, phone, preferred_locales: locales, tax_exempt: exempt } = parameters;
  if (typeof email === 'string' && !/^[^\s@]+@[^\s@]+$/.test(email)) throw invalidRequest('Invalid email address', 'email', 'email_invalid');
  const changes: CustomerFields = { metadata: applyMetadata(oldMetadata, change) };
  if (address !== undefined) changes.address = { ...emptyAddress(), ...Object.fromEntries(Object.entries(address).filter(([, line]) => line !== undefined)) };
  if (description !== undefined) changes.description = description;
  if (email !== undefined) changes.email = email;
  if (name !== undefined) changes.name = name;
  if (phone !== undefined) changes.phone = phone;
  if (locales !== undefined) changes.preferred_locales = locales;
  if (exempt !== undefined) changes.tax_exempt = exempt;
  return changes;
}

function notOwn(id: string): StripeError {
  return invalidRequest(`The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`, 'invoice_settings[default_payment_method]', 'resource_missing');
}
