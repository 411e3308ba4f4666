import { expireCheckout, expireDueSessions } from '../acts/checkout.ts';
import { pageOf, paginate } from '../wire/paginate.ts';
import { applyMetadata, choice, group, metadata, pageShape, text, timedPageShape } from '../wire/shapes.ts';
import { route, type Route } from './route.ts';

const filters = {
  ...timedPageShape,
  customer: text().optional(),
  customer_details: group({ email: text(512) }).optional(),
  payment_intent: text().optional(),
  status: choice('open', 'complete', 'expired').optional(),
  subscription: text().optional(),
};

/** Checkout Sessions that are there. */
export const checkoutSessionRoutes: readonly Route[] = [
  route('GET', '/v1/checkout/sessions', filters, (world, page) => {
    expireDueSessions(world);
    return paginate(world.store.checkoutSessions, '/v1/checkout/sessions', page, (session) =>
      session.customer === (page.customer ?? session.customer) &&
      session.payment_intent === (page.payment_intent ?? session.payment_intent) &&
      session.status === (page.status ?? session.status) &&
      session.subscription === (page.subscription ?? session.subscription) &&
      (page.customer_details === undefined || session.customer_details?.email === page.customer_details.email),
    );
  }),
  route('GET', '/v1/checkout/sessions/:id', {}, (world, _parameters, id) => {
    expireDueSessions(world);
    return world.store.checkoutSessions.get(id);
  }),
  route('POST', '/v1/checkout/sessions/:id', { metadata: metadata().optional() }, (world, parameters, id) => {
    const session = world.store.checkoutSessions.get(id);
    session.metadata = applyMetadata(session.metadata, parameters.metadata);
    return session;
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', pageShape, ({ store }, page, id) => pageOf(store.checkoutPlans.get(store.checkoutSessions.get(id).id)?.lines ?? [], 'item', `/v1/checkout/sessions/${id}/line_items`, page)),
  route('POST', '/v1/checkout/sessions/:id/expire', {}, (world, _parameters, id) => {
    expireDueSessions(world);
    return expireCheckout(world, world.store.checkoutSessions.get(id));
  }),
];
