import { apiVersion } from '../wire/api-version.ts';

/** The types of events that the fake sends. Source: docs.stripe.com/api/events/types. */
export const eventTypes = [
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.failed',
  'charge.pending',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'customer.created',
  'customer.deleted',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.updated',
  'customer.updated',
  'invoice.created',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_succeeded',
  'invoice_payment.paid',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'payment_method.detached',
  'price.created',
  'product.created',
  'refund.created',
  'refund.failed',
  'refund.updated',
] as const;

/** See `eventTypes`. */
export type EventType = (typeof eventTypes)[number];

/** The request that caused something: nothing of it where the dashboard or time itself did. */
export interface Cause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

/** Something that happened. `object` is a copy of what it happened to, as it was then. */
export function newEvent(id: string, created: number, type: EventType, object: object, previous: object | undefined, cause: Cause) {
  return {
    id,
    object: 'event' as const,
    api_version: apiVersion,
    created,
    data: previous === undefined ? { object } : { object, previous_attributes: previous },
    livemode: false,
    pending_webhooks: 0,
    request: { id: cause.requestId, idempotency_key: cause.idempotencyKey },
    type,
  };
}

export type StripeEvent = ReturnType<typeof newEvent>;
