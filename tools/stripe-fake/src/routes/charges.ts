import { paginate } from '../wire/paginate.ts';
import { timedPageShape, text } from '../wire/shapes.ts';
import { route, type Route } from './route.ts';

/** Charges. */
export const chargeRoutes: readonly Route[] = [
  route('GET', '/v1/charges', { ...timedPageShape, customer: text().optional(), payment_intent: text().optional() }, ({ store }, page) => paginate(store.charges, '/v1/charges', page, (charge) => charge.customer === (page.customer ?? charge.customer) && charge.payment_intent === (page.payment_intent ?? charge.payment_intent))),
  route('GET', '/v1/charges/:id', {}, ({ store }, _parameters, id) => store.charges.get(id)),
];
