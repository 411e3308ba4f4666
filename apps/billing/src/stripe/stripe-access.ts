import Stripe from 'stripe';
import { stripeCallMs, stripeRetriesMax } from '../limits.ts';

/** How Stripe is reached. */
export interface StripeConfig {
  /** The secret or restricted key. Secret. */
  readonly apiKey: string;
  /** Of the webhook's endpoint, the newest first. Secret. */
  readonly webhookSecrets: readonly string[];
  /** An origin in place of Stripe's own: a fake. */
  readonly apiUrl: string | undefined;
  /** Port of the webhook's listener. */
  readonly webhookPort: number;
}

/** The client of Stripe's library. Nothing is told to Stripe but what is asked of it (no telemetry). */
export function createStripe({ apiKey, apiUrl }: Pick<StripeConfig, 'apiKey' | 'apiUrl'>): Stripe {
  const url = apiUrl === undefined ? undefined : new URL(apiUrl);
  return new Stripe(apiKey, {
    timeout: stripeCallMs,
    maxNetworkRetries: stripeRetriesMax,
    telemetry: false,
    ...(url === undefined
      ? {}
      : {
          host: url.hostname,
          port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
          protocol: url.protocol === 'https:' ? ('https' as const) : ('http' as const),
        }),
  });
}

/** Whether Stripe says that there is no such object. */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

/** The id of what may be there as an id or as the object itself. */
export function idOf(reference: string | { readonly id: string } | null | undefined): string | undefined {
  return typeof reference === 'string' ? reference : reference?.id;
}
