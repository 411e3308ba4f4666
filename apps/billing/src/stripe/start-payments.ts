import type { Pool } from '@tacet/database';
import type Stripe from 'stripe';
import type { BillingConfig } from '../config.ts';
import type { Events } from '../events.ts';
import type { Metrics } from '../metrics.ts';
import { PaymentWorker } from './payment-worker.ts';
import { createStripe } from './stripe-access.ts';
import { WebhookDoor } from './webhook-door.ts';

/** Stripe, where it is set up. */
export interface Payments {
  readonly stripe: Stripe;
  /** There is something new to look at. */
  readonly wake: () => void;
  stop(): Promise<void>;
}

export interface PaymentsParts {
  readonly pool: Pool;
  readonly metrics: Metrics;
  readonly events: Events;
}

/** Opens the webhook's listener and starts the worker; undefined without keys: then everything but payments works. */
export async function startPayments(config: BillingConfig, { pool, metrics, events }: PaymentsParts): Promise<Payments | undefined> {
  if (config.stripe === undefined) return undefined;
  const stripe = createStripe(config.stripe);
  // From here on a comparison that does not come is late.
  metrics.paymentsCheckedAt.setToCurrentTime();
  const worker = new PaymentWorker({ pool, stripe, metrics, events });
  const wake = () => worker.wake();
  const door = new WebhookDoor({ pool, webhooks: stripe.webhooks, secrets: config.stripe.webhookSecrets, metrics, events, onStored: wake });
  events.webhookListening(await door.start(config.listenHost, config.stripe.webhookPort));
  worker.wake();
  return {
    stripe,
    wake,
    stop: async () => {
      await door.stop();
      await worker.stop();
    },
  };
}
