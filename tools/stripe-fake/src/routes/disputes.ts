import { paginate } from '../wire/paginate.ts';
import { timedPageShape, text } from '../wire/shapes.ts';
import { route, type Route } from './route.ts';

/** Disputes. */
export const disputeRoutes: readonly Route[] = [
  route('GET', '/v1/disputes', { ...timedPageShape, charge: text().optional(), payment_intent: text().optional() }, ({ store }, page) => paginate(store.disputes, '/v1/disputes', page, (dispute) => dispute.charge === (page.charge ?? dispute.charge) && dispute.payment_intent === (page.payment_intent ?? dispute.payment_intent))),
  route('GET', '/v1/disputes/:id', {}, ({ store }, _parameters, id) => store.disputes.get(id)),
];
