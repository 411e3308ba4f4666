import { TacetError } from '@tacet/errors';
import Stripe from 'stripe';

/**
 * What a caller may know of an error of Stripe's: that it does not answer now (`unavailable`). An answer that says that we asked
 * wrongly is a fault of ours and stays what it is. Never Stripe's own words: they can hold ids and names.
 */
export function paymentError(error: unknown): unknown {
  const passing =
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeAPIError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    // The same call is under way: ours, by another process.
    (error instanceof Stripe.errors.StripeIdempotencyError && error.statusCode === 409);
  return passing ? new TacetError('unavailable', { cause: error, retryAfterMs: 2_000 }) : error;
}
