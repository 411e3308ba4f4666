import type { PaymentIntent } from '../objects/payment-intent.ts';
import type { PaymentMethod } from '../objects/payment-method.ts';

/** Stripe's kinds of errors. Source: docs.stripe.com/api/errors. */
export type StripeErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** What an error says beside its sentence; members as in Stripe's envelope. */
export interface StripeErrorDetails {
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly advice_code?: string | undefined;
  readonly charge?: string | undefined;
  readonly payment_intent?: PaymentIntent | undefined;
  readonly payment_method?: PaymentMethod | undefined;
}

/** A request that Stripe would refuse. It is answered with Stripe's envelope. */
export class StripeError extends Error {
  readonly status: number;
  readonly type: StripeErrorType;
  readonly details: StripeErrorDetails;

  constructor(status: number, type: StripeErrorType, message: string, details: StripeErrorDetails = {}) {
    super(message);
    this.name = 'StripeError';
    this.status = status;
    this.type = type;
    this.details = details;
  }
}

/** A request with parameters that make no sense: 400. */
export function invalidRequest(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, 'invalid_request_error', message, { code, param });
}

/** Something that does not exist. In the path it is 404, in a parameter 400, as Stripe does it. */
export function resourceMissing(noun: string, id: string, param: string): StripeError {
  return new StripeError(param === 'id' ? 404 : 400, 'invalid_request_error', `No such ${noun}: '${id}'`, { code: 'resource_missing', param });
}

/** The body of an error's answer. Members without a value are left out, as Stripe leaves them out. */
export function errorEnvelope(error: StripeError, requestId: string): object {
  const { code, param, ...rest } = error.details;
  return {
    error: {
      ...(code === undefined ? {} : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
      message: error.message,
      ...(param === undefined ? {} : { param }),
      ...rest,
      request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}?t=0`,
      type: error.type,
    },
  };
}
