import { z } from 'zod';
import { completeCheckout, declineCheckout, expireCheckout } from '../acts/checkout.ts';
import { closeDispute, openDispute } from '../acts/disputes.ts';
import { refundCharge, settleRefund } from '../acts/refunds.ts';
import { apiFaultShape } from '../api-faults.ts';
import { noCause, type FakeState } from '../fake-state.ts';
import { cardBehaviours } from '../objects/card.ts';
import { checkEndpoint } from '../options.ts';
import { deliverySettingsShape } from '../webhooks/delivery-settings.ts';
import { signatureFaults } from '../webhooks/sign.ts';
import { invalidRequest } from '../wire/stripe-error.ts';
import { advanceClock } from './advance-clock.ts';
import { chargeOf } from './charge-of.ts';
import { control, type Control } from './control.ts';
import { advanceTimes, cancelByCustomer, payOpenInvoice } from './subscriptions.ts';
import { settleIntent, settleSession, authenticateIntent } from './settle.ts';

const outcome = z.enum(['succeeded', 'failed']);
const cents = z.int().min(0).max(99_999_999);
const card = z.enum(cardBehaviours);

const money: readonly Control[] = [
  control('POST', '/checkout/sessions/:id/complete', { payment: z.enum(['paid', 'async']).optional(), cardLater: card.optional(), email: z.string().max(512).optional(), name: z.string().max(256).optional(), tax: cents.optional(), discount: cents.optional() }, (state, completion, id) => completeCheckout(state.world(noCause), state.store.checkoutSessions.get(id), completion)),
  control('POST', '/checkout/sessions/:id/decline', { card: card.default('declined') }, (state, { card: behaviour }, id) => declineCheckout(state.world(noCause), state.store.checkoutSessions.get(id), behaviour)),
  control('POST', '/checkout/sessions/:id/settle', { outcome }, (state, parameters, id) => settleSession(state.world(noCause), id, parameters.outcome)),
  control('POST', '/checkout/sessions/:id/expire', {}, (state, _parameters, id) => expireCheckout(state.world(noCause), state.store.checkoutSessions.get(id))),
  control('POST', '/payment_intents/:id/settle', { outcome }, (state, parameters, id) => settleIntent(state.world(noCause), id, parameters.outcome)),
  control('POST', '/payment_intents/:id/authenticate', { outcome }, (state, parameters, id) => authenticateIntent(state.world(noCause), id, parameters.outcome)),
  control('POST', '/payment_methods/:id', { behaviour: card }, ({ store }, { behaviour }, id) => {
    store.cardBehaviours.set(store.paymentMethods.get(id).id, behaviour);
    return store.paymentMethods.get(id);
  }),
  control('POST', '/subscriptions/:id/advance', { periods: z.int().min(1).max(120).default(1) }, (state, { periods }, id) => advanceTimes(state.world(noCause), id, periods)),
  control('POST', '/subscriptions/:id/cancel', { atPeriodEnd: z.boolean().default(false) }, (state, { atPeriodEnd }, id) => cancelByCustomer(state.world(noCause), id, atPeriodEnd)),
  control('POST', '/invoices/:id/pay', {}, (state, _parameters, id) => payOpenInvoice(state.world(noCause), id)),
  control('POST', '/charges/:id/refund', { amount: cents.optional(), reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(), pending: z.boolean().optional() }, (state, parameters, id) => refundCharge(state.world(noCause), chargeOf(state.store, id), parameters)),
  control('POST', '/refunds/:id/settle', { outcome }, (state, parameters, id) => settleRefund(state.world(noCause), state.store.refunds.get(id), parameters.outcome)),
  control('POST', '/charges/:id/dispute', { amount: cents.optional(), reason: z.string().max(100).optional(), inquiry: z.boolean().optional() }, (state, parameters, id) => openDispute(state.world(noCause), chargeOf(state.store, id), parameters)),
  control('POST', '/disputes/:id/close', { outcome: z.enum(['won', 'lost']) }, (state, parameters, id) => closeDispute(state.world(noCause), state.store.disputes.get(id), parameters.outcome)),
];

const delivery: readonly Control[] = [
  control('GET', '/delivery', {}, ({ deliverer }) => ({ settings: deliverer.settings, pending: deliverer.pending })),
  control('POST', '/delivery', deliverySettingsShape.shape, ({ deliverer }, change) => {
    deliverer.configure(change);
    return { settings: deliverer.settings, pending: deliverer.pending };
  }),
  control('DELETE', '/delivery', {}, ({ deliverer }) => {
    deliverer.configure(undefined);
    return { settings: deliverer.settings, pending: deliverer.pending };
  }),
  control('POST', '/delivery/release', { order: z.enum(['same', 'reversed', 'shuffled']).default('same'), seed: z.int().optional() }, ({ deliverer }, { order, seed }) => {
    deliverer.release(order, seed);
    return { pending: deliverer.pending };
  }),
  control('GET', '/deliveries', {}, ({ deliverer }) => ({ deliveries: deliverer.log.list(), pending: deliverer.pending })),
  control('POST', '/events/:id/resend', { signature: z.enum(signatureFaults).optional(), signatureAgeSeconds: z.int().optional(), tamper: z.record(z.string(), z.unknown()).optional() }, ({ store, deliverer }, settings, id) => deliverer.resend(store.events.get(id), settings)),
  control('POST', '/webhook', { url: z.string(), secret: z.string(), events: z.array(z.string()).optional() }, (state, endpoint) => {
    setWebhook(state, endpoint);
    return { url: endpoint.url };
  }),
];

const rest: readonly Control[] = [
  control('GET', '/requests', {}, ({ recorder }) => ({ requests: recorder.list() })),
  control('DELETE', '/requests', {}, ({ recorder }) => {
    recorder.reset();
    return {};
  }),
  control('GET', '/faults', {}, ({ faults }) => ({ pending: faults.pending })),
  control('POST', '/faults', apiFaultShape.shape, ({ faults }, fault) => {
    faults.add(fault);
    return { pending: faults.pending };
  }),
  control('DELETE', '/faults', {}, ({ faults }) => {
    faults.clear();
    return {};
  }),
  control('POST', '/clock', { advanceSeconds: z.int().min(-400_000_000).max(400_000_000) }, (state, { advanceSeconds }) => advanceClock(state, advanceSeconds)),
  control('DELETE', '', {}, (state) => {
    state.reset();
    return {};
  }),
];

/** All that can be done below `/fake`. */
export const controls: readonly Control[] = [...money, ...delivery, ...rest];

function setWebhook(state: FakeState, endpoint: Parameters<typeof checkEndpoint>[0]): void {
  try {
    checkEndpoint(endpoint);
  } catch (error) {
    throw invalidRequest(error instanceof Error ? error.message : 'webhook');
  }
  state.deliverer.setEndpoint(endpoint);
}
