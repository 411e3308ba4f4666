import { attachPaymentMethod, detachPaymentMethod, findPaymentMethod } from '../acts/create-payment-method.ts';
import { pageOf } from '../wire/paginate.ts';
import { choice, pageShape, text } from '../wire/shapes.ts';
import { route, type Route } from './route.ts';

const type = choice('card', 'us_bank_account').optional();

/** Ways to pay that customers have. */
export const paymentMethodRoutes: readonly Route[] = [
  route('GET', '/v1/payment_methods', { ...pageShape, customer: text().optional(), type }, ({ store }, page) => pageOf(store.paymentMethods.newestFirst(), 'PaymentMethod', '/v1/payment_methods', page, (method) => method.customer === (page.customer ?? method.customer) && method.type === (page.type ?? method.type))),
  route('GET', '/v1/payment_methods/:id', {}, ({ store }, _parameters, id) => store.paymentMethods.get(id)),
  route('POST', '/v1/payment_methods/:id/attach', { customer: text() }, (world, { customer }, id) => attachPaymentMethod(world, findPaymentMethod(world, id, 'id'), world.store.customers.get(customer, 'customer').id)),
  route('POST', '/v1/payment_methods/:id/detach', {}, (world, _parameters, id) => detachPaymentMethod(world, world.store.paymentMethods.get(id))),
  route('GET', '/v1/customers/:id/payment_methods', { ...pageShape, type }, ({ store }, page, id) => pageOf(store.paymentMethods.newestFirst(), 'PaymentMethod', `/v1/customers/${store.customers.get(id).id}/payment_methods`, page, (method) => method.customer === id && method.type === (page.type ?? method.type))),
];
