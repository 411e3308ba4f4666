import { refundCharge } from '../acts/refunds.ts';
import { emitChange } from '../acts/emit.ts';
import type { Charge } from '../objects/charge.ts';
import { paginate } from '../wire/paginate.ts';
import { applyMetadata, choice, metadata, timedPageShape, text, whole } from '../wire/shapes.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import type { World } from '../world.ts';
import { route, type Route } from './route.ts';

const target = { charge: text().optional(), payment_intent: text().optional() };
const request = { ...target, amount: whole(1, 99_999_999).optional(), metadata: metadata().optional(), reason: choice('duplicate', 'fraudulent', 'requested_by_customer').optional() };

/** Refunds. */
export const refundRoutes: readonly Route[] = [
  route('POST', '/v1/refunds', request, (world, { charge, payment_intent: intent, amount, metadata: change, reason }) => refundCharge(world, chargeOf(world, charge, intent), { amount, reason, metadata: applyMetadata({}, change) })),
  route('GET', '/v1/refunds', { ...timedPageShape, ...target }, ({ store }, page) => paginate(store.refunds, '/v1/refunds', page, (refund) => refund.charge === (page.charge ?? refund.charge) && refund.payment_intent === (page.payment_intent ?? refund.payment_intent))),
  route('GET', '/v1/refunds/:id', {}, ({ store }, _parameters, id) => store.refunds.get(id)),
  route('POST', '/v1/refunds/:id', { metadata: metadata().optional() }, (world, parameters, id) => {
    const refund = world.store.refunds.get(id);
    emitChange(world, 'refund.updated', refund, () => {
      refund.metadata = applyMetadata(refund.metadata, parameters.metadata);
    });
    return refund;
  }),
];

function chargeOf({ store }: World, charge: string | undefined, intent: string | undefined): Charge {
  if (charge !== undefined && intent !== undefined) throw invalidRequest('You may only specify one of these parameters: charge, payment_intent.', 'charge', 'parameters_exclusive');
  if (charge !== undefined) return store.charges.get(charge, 'charge');
  if (intent === undefined) throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.', undefined, 'parameter_missing');
  const { latest_charge: latest } = store.paymentIntents.get(intent, 'payment_intent');
  if (latest === null) throw invalidRequest(`This PaymentIntent (${intent}) does not have a successful charge to refund.`, 'payment_intent');
  return store.charges.get(latest, 'payment_intent');
}
