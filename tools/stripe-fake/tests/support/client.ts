import Stripe from 'stripe';
import type { StripeFake } from '../../src/index.ts';

/** The real library, pointed at the fake. It tries nothing again unless a test asks for it. */
export function connect(fake: StripeFake, config: { apiKey?: string; maxNetworkRetries?: number } = {}): Stripe {
  return new Stripe(config.apiKey ?? fake.apiKey, { ...fake.clientConfig, maxNetworkRetries: config.maxNetworkRetries ?? 0, telemetry: false });
}

/** A top-up of so many cents. */
export function topUp(cents: number, rest: Partial<Stripe.Checkout.SessionCreateParams> = {}): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    success_url: 'https://tacet.example/settings?session={CHECKOUT_SESSION_ID}',
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: cents, product_data: { name: 'Balance' } } }],
    ...rest,
  };
}

/** A subscription of so many cents a month. */
export function monthly(cents: number, rest: Partial<Stripe.Checkout.SessionCreateParams> = {}): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'subscription',
    success_url: 'https://tacet.example/settings',
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: cents, product_data: { name: 'Monthly credit' }, recurring: { interval: 'month' } } }],
    ...rest,
  };
}

/** The error that the promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}
