import { initially, type Metadata } from './json.ts';
import type { PaymentMethod } from './payment-method.ts';

/** Where a payment stands. Source: docs.stripe.com/payments/paymentintents/lifecycle. */
export type PaymentIntentStatus = 'canceled' | 'processing' | 'requires_action' | 'requires_confirmation' | 'requires_payment_method' | 'succeeded';

/** Why the last attempt did not succeed. */
export interface LastPaymentError {
  type: 'card_error' | 'invalid_request_error';
  code?: string;
  decline_code?: string;
  advice_code?: string;
  doc_url?: string;
  message?: string;
  charge?: string;
  payment_method?: PaymentMethod;
}

/** The customer has to authenticate. */
export interface NextAction {
  type: 'redirect_to_url' | 'use_stripe_sdk';
  redirect_to_url?: { return_url: string | null; url: string | null };
  use_stripe_sdk?: Record<string, unknown>;
}

/** A payment of so much, in the smallest unit of the currency, not yet confirmed. */
export function newPaymentIntent(id: string, created: number, secret: string, amount: number, currency: string) {
  return {
    id,
    object: 'payment_intent' as const,
    allowed_payment_method_types: null,
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: initially<{ allow_redirects: 'always' | 'never'; enabled: boolean } | null>(null),
    canceled_at: initially<number | null>(null),
    cancellation_reason: initially<'abandoned' | 'duplicate' | 'fraudulent' | 'requested_by_customer' | 'expired' | null>(null),
    capture_method: 'automatic_async' as const,
    client_secret: `${id}_secret_${secret}`,
    confirmation_method: 'automatic' as const,
    created,
    currency,
    customer: initially<string | null>(null),
    customer_account: null,
    description: initially<string | null>(null),
    excluded_payment_method_types: null,
    last_payment_error: initially<LastPaymentError | null>(null),
    latest_charge: initially<string | null>(null),
    livemode: false,
    managed_payments: null,
    metadata: initially<Metadata>({}),
    next_action: initially<NextAction | null>(null),
    on_behalf_of: null,
    payment_method: initially<string | null>(null),
    payment_method_configuration_details: initially<{ id: string; parent: null } | null>(null),
    payment_method_options: { card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' as const } },
    payment_method_types: initially<string[]>(['card']),
    processing: null,
    receipt_email: initially<string | null>(null),
    review: null,
    setup_future_usage: initially<'off_session' | 'on_session' | null>(null),
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: initially<string | null>(null),
    status: initially<PaymentIntentStatus>('requires_payment_method'),
    transfer_data: null,
    transfer_group: null,
  };
}

export type PaymentIntent = ReturnType<typeof newPaymentIntent>;
