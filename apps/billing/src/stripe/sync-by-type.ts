import { syncCheckout } from './sync-checkout.ts';
import { syncDispute } from './sync-dispute.ts';
import { syncInvoice } from './sync-invoice.ts';
import { syncPayment } from './sync-payment.ts';
import { syncRefund } from './sync-refund.ts';
import { syncSubscription } from './sync-subscription.ts';
import type { Sync } from './sync.ts';

/** The events that say something about money here, and what is asked for then. All others are answered and dropped. */
export const syncByType: ReadonlyMap<string, Sync> = new Map<string, Sync>([
  ['checkout.session.completed', syncCheckout],
  ['checkout.session.async_payment_succeeded', syncCheckout],
  ['checkout.session.async_payment_failed', syncCheckout],
  ['checkout.session.expired', syncCheckout],
  ['invoice.paid', syncInvoice],
  ['customer.subscription.deleted', syncSubscription],
  ['payment_intent.succeeded', syncPayment],
  ['payment_intent.payment_failed', syncPayment],
  ['payment_intent.canceled', syncPayment],
  ['refund.created', syncRefund],
  ['refund.updated', syncRefund],
  ['refund.failed', syncRefund],
  ['charge.dispute.created', syncDispute],
  ['charge.dispute.closed', syncDispute],
]);
