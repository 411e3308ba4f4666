import { emitChange } from '../acts/emit.ts';
import { cancelSubscription, setCancelAtPeriodEnd } from '../acts/subscriptions.ts';
import { paginate } from '../wire/paginate.ts';
import { applyMetadata, choice, clearableText, flag, group, metadata, timedPageShape, text } from '../wire/shapes.ts';
import { resourceMissing } from '../wire/stripe-error.ts';
import { route, type Route } from './route.ts';

const cancellation = group({ comment: clearableText().optional(), feedback: choice('customer_service', 'low_quality', 'missing_features', 'other', 'switched_service', 'too_complex', 'too_expensive', 'unused').optional() }).optional();
const filters = { ...timedPageShape, customer: text().optional(), price: text().optional(), status: choice('active', 'past_due', 'unpaid', 'canceled', 'incomplete', 'all', 'ended').optional() };

/** Subscriptions. Checkout starts them. */
export const subscriptionRoutes: readonly Route[] = [
  route('GET', '/v1/subscriptions', filters, ({ store }, page) =>
    paginate(store.subscriptions, '/v1/subscriptions', page, (subscription) => subscription.customer === (page.customer ?? subscription.customer) && hasStatus(subscription.status, page.status) && (page.price === undefined || subscription.items.data.some(({ price }) => price.id === page.price))),
  ),
  route('GET', '/v1/subscriptions/:id', {}, ({ store }, _parameters, id) => store.subscriptions.get(id)),
  route('POST', '/v1/subscriptions/:id', { cancel_at_period_end: flag().optional(), cancellation_details: cancellation, default_payment_method: text().optional(), metadata: metadata().optional() }, (world, parameters, id) => {
    const subscription = world.store.subscriptions.get(id);
    if (subscription.status === 'canceled') throw resourceMissing('subscription', id, 'id');
    const method = parameters.default_payment_method;
    if (method !== undefined) world.store.paymentMethods.get(method, 'default_payment_method');
    emitChange(world, 'customer.subscription.updated', subscription, () => {
      if (parameters.cancel_at_period_end !== undefined) setCancelAtPeriodEnd(world, subscription, parameters.cancel_at_period_end);
      Object.assign(subscription.cancellation_details, parameters.cancellation_details);
      subscription.metadata = applyMetadata(subscription.metadata, parameters.metadata);
      if (method !== undefined) subscription.default_payment_method = method;
    });
    return subscription;
  }),
  route('DELETE', '/v1/subscriptions/:id', { cancellation_details: cancellation, invoice_now: flag().optional(), prorate: flag().optional() }, (world, parameters, id) => cancelSubscription(world, world.store.subscriptions.get(id), parameters.cancellation_details ?? {})),
];

function hasStatus(status: string, wanted: string | undefined): boolean {
  if (wanted === 'all') return true;
  if (wanted === undefined) return status !== 'canceled';
  return status === (wanted === 'ended' ? 'canceled' : wanted);
}
