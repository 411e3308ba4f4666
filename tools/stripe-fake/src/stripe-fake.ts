import { completeCheckout, declineCheckout, expireCheckout, type CheckoutCompletion } from './acts/checkout.ts';
import { closeDispute, openDispute, type DisputeRequest } from './acts/disputes.ts';
import { refundCharge, settleRefund, type RefundRequest } from './acts/refunds.ts';
import type { Outcome } from './acts/settle-payment.ts';
import type { ApiFault } from './api-faults.ts';
import { advanceClock } from './control/advance-clock.ts';
import { chargeOf } from './control/charge-of.ts';
import { authenticateIntent, settleIntent, settleSession } from './control/settle.ts';
import { advanceTimes, cancelByCustomer, payOpenInvoice } from './control/subscriptions.ts';
import { noCause, type FakeState } from './fake-state.ts';
import type { CardBehaviour } from './objects/card.ts';
import type { CheckoutSession } from './objects/checkout-session.ts';
import type { Dispute } from './objects/dispute.ts';
import type { StripeEvent } from './objects/event.ts';
import type { Invoice } from './objects/invoice.ts';
import type { PaymentIntent } from './objects/payment-intent.ts';
import type { Refund } from './objects/refund.ts';
import type { Subscription } from './objects/subscription.ts';
import { checkEndpoint } from './options.ts';
import type { RecordedRequest } from './recorder.ts';
import type { ResendSettings } from './webhooks/deliverer.ts';
import type { Delivery } from './webhooks/delivery-log.ts';
import type { DeliveryChange } from './webhooks/delivery-settings.ts';
import type { Endpoint } from './webhooks/endpoint.ts';

/** A running fake of Stripe. What is done to it here, the door `/fake/…` does as well. */
export interface StripeFake {
  /** `http://host:port`. */
  readonly url: string;
  readonly port: number;
  /** What the `stripe` package needs to talk to it, beside the key. */
  readonly clientConfig: { readonly host: string; readonly port: number; readonly protocol: 'http' };
  readonly apiKey: string;
  /** Stops at once: open requests are cut, nothing more is delivered. */
  stop(): Promise<void>;

  /** The customer pays, at once or by a debit that is settled later. */
  completeCheckout(session: string, completion?: CheckoutCompletion): CheckoutSession;
  /** The customer tries a card in vain; the session stays open. */
  declineCheckout(session: string, card?: CardBehaviour): CheckoutSession;
  settleCheckout(session: string, outcome: Outcome): CheckoutSession;
  expireCheckout(session: string): CheckoutSession;
  settlePayment(intent: string, outcome: Outcome): PaymentIntent;
  authenticatePayment(intent: string, outcome: Outcome): PaymentIntent;
  /** What the card does when it is charged from now on. */
  setCardBehaviour(paymentMethod: string, behaviour: CardBehaviour): void;
  /** So many periods go by (default 1); each makes an invoice and charges it. */
  advanceSubscription(subscription: string, periods?: number): Subscription;
  cancelSubscription(subscription: string, when: 'now' | 'at-period-end'): Subscription;
  /** Tries an open invoice once more. */
  payInvoice(invoice: string): Invoice;
  /** From the dashboard. Takes the id of a charge, payment intent, invoice or Checkout Session. */
  refund(paid: string, request?: RefundRequest): Refund;
  settleRefund(refund: string, outcome: Outcome): Refund;
  /** Takes the id of a charge, payment intent, invoice or Checkout Session. */
  openDispute(paid: string, request?: DisputeRequest): Dispute;
  closeDispute(dispute: string, outcome: 'won' | 'lost'): Dispute;
  /** Moves the fake's time on, or back. */
  advanceClock(seconds: number): void;

  setWebhook(endpoint: Endpoint | undefined): void;
  /** Changes how events travel; without a change they travel plainly again. */
  setDelivery(change?: DeliveryChange): void;
  /** Lets go what was held. */
  release(order?: 'same' | 'reversed' | 'shuffled', seed?: number): void;
  /** Sends an event once more and tells what came of it. */
  resend(event: string, settings?: ResendSettings): Promise<Delivery>;
  /** Resolves when nothing is on its way to the endpoint but what is held. */
  delivered(): Promise<void>;
  deliveries(): Delivery[];
  /** Attempts on their way, waiting or held. */
  pendingDeliveries(): number;

  /** All events there are, the oldest first. */
  events(): StripeEvent[];
  /** The last requests to the API, the oldest first. */
  requests(): RecordedRequest[];
  /** The next `fault.count` requests that match go wrong. */
  fault(fault: ApiFault): void;
  pendingFaults(): number;
  /** Forgets everything but the endpoint. Ids go on. */
  reset(): void;
}

/** What tests hold in their hands. */
export function createHandle(state: FakeState, port: number, stop: () => Promise<void>): StripeFake {
  return { url: state.baseUrl, port, clientConfig: { host: state.settings.host, port, protocol: 'http' }, apiKey: state.settings.apiKey, stop, ...moneyOf(state), ...deliveryOf(state) };
}

/** Everything that is handed out is a copy: what happens later does not change it. */
function moneyOf(state: FakeState) {
  const world = () => state.world(noCause);
  const copy = structuredClone;
  return {
    completeCheckout: (session: string, completion: CheckoutCompletion = {}) => copy(completeCheckout(world(), state.store.checkoutSessions.get(session), completion)),
    declineCheckout: (session: string, card: CardBehaviour = 'declined') => copy(declineCheckout(world(), state.store.checkoutSessions.get(session), card)),
    settleCheckout: (session: string, outcome: Outcome) => copy(settleSession(world(), session, outcome)),
    expireCheckout: (session: string) => copy(expireCheckout(world(), state.store.checkoutSessions.get(session))),
    settlePayment: (intent: string, outcome: Outcome) => copy(settleIntent(world(), intent, outcome)),
    authenticatePayment: (intent: string, outcome: Outcome) => copy(authenticateIntent(world(), intent, outcome)),
    setCardBehaviour: (method: string, behaviour: CardBehaviour) => void state.store.cardBehaviours.set(state.store.paymentMethods.get(method).id, behaviour),
    advanceSubscription: (subscription: string, periods = 1) => copy(advanceTimes(world(), subscription, periods)),
    cancelSubscription: (subscription: string, when: 'now' | 'at-period-end') => copy(cancelByCustomer(world(), subscription, when === 'at-period-end')),
    payInvoice: (invoice: string) => copy(payOpenInvoice(world(), invoice)),
    refund: (paid: string, request: RefundRequest = {}) => copy(refundCharge(world(), chargeOf(state.store, paid), request)),
    settleRefund: (id: string, outcome: Outcome) => copy(settleRefund(world(), state.store.refunds.get(id), outcome)),
    openDispute: (paid: string, request: DisputeRequest = {}) => copy(openDispute(world(), chargeOf(state.store, paid), request)),
    closeDispute: (id: string, outcome: 'won' | 'lost') => copy(closeDispute(world(), state.store.disputes.get(id), outcome)),
    advanceClock: (seconds: number) => void advanceClock(state, seconds),
  };
}

function deliveryOf(state: FakeState) {
  const { deliverer, recorder, faults } = state;
  return {
    setWebhook: (endpoint: Endpoint | undefined) => {
      checkEndpoint(endpoint);
      deliverer.setEndpoint(endpoint);
    },
    setDelivery: (change?: DeliveryChange) => deliverer.configure(change),
    release: (order: 'same' | 'reversed' | 'shuffled' = 'same', seed?: number) => deliverer.release(order, seed),
    resend: async (event: string, settings?: ResendSettings) => await deliverer.resend(state.store.events.get(event), settings),
    delivered: () => deliverer.idle(),
    deliveries: () => deliverer.log.list(),
    pendingDeliveries: () => deliverer.pending,
    events: () => structuredClone(state.store.events.newestFirst().toReversed()),
    requests: () => recorder.list(),
    fault: (fault: ApiFault) => faults.add(fault),
    pendingFaults: () => faults.pending,
    reset: () => state.reset(),
  };
}
