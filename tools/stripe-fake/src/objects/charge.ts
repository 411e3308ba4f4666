import { initially, type List, type Metadata } from './json.ts';
import type { PaymentIntent } from './payment-intent.ts';
import type { BillingDetails, PaymentMethod } from './payment-method.ts';
import type { Refund } from './refund.ts';

/** What the bank answered. */
export interface Outcome {
  advice_code: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later' | null;
  network_advice_code: null;
  network_decline_code: string | null;
  network_status: string;
  reason: string | null;
  risk_level: string;
  risk_score: number;
  seller_message: string;
  type: string;
}

/** The bank said yes. */
export function approved(): Outcome {
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: 'approved_by_network',
    reason: null,
    risk_level: 'normal',
    risk_score: 12,
    seller_message: 'Payment complete.',
    type: 'authorized',
  };
}

function cardDetails(last4: string, amount: number) {
  return {
    amount_authorized: amount,
    authorization_code: null,
    brand: 'visa',
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    exp_month: 12,
    exp_year: 2034,
    extended_authorization: { status: 'disabled' as const },
    fingerprint: 'Xt5EWLLDS7FJjR1c',
    funding: 'credit',
    incremental_authorization: { status: 'unavailable' as const },
    installments: null,
    last4,
    mandate: null,
    multicapture: { status: 'unavailable' as const },
    network: 'visa',
    network_token: { used: false },
    network_transaction_id: '104102817410418',
    overcapture: { maximum_amount_capturable: amount, status: 'unavailable' as const },
    regulated_status: 'unregulated' as const,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}

function methodDetails(method: PaymentMethod, amount: number) {
  if (method.type === 'card') return { card: cardDetails(method.card.last4, amount), type: 'card' };
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = method.us_bank_account;
  return { type: 'us_bank_account', us_bank_account: { account_holder_type, account_type, bank_name, fingerprint, last4, payment_reference: null, routing_number } };
}

/** An attempt to charge what a payment intent says, pending. */
export function newCharge(id: string, created: number, intent: PaymentIntent, method: PaymentMethod, billing: BillingDetails) {
  return {
    id,
    object: 'charge' as const,
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: initially<string | null>(null),
    billing_details: billing,
    calculated_statement_descriptor: 'TACET FAKE',
    captured: false,
    created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: initially<string | null>(null),
    failure_message: initially<string | null>(null),
    fraud_details: {},
    livemode: false,
    metadata: initially<Metadata>({ ...intent.metadata }),
    on_behalf_of: null,
    outcome: initially<Outcome | null>(null),
    paid: false,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: methodDetails(method, intent.amount),
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: initially<string | null>(null),
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: initially<'pending' | 'succeeded' | 'failed'>('pending'),
    transfer_data: null,
    transfer_group: null,
  };
}

export type Charge = ReturnType<typeof newCharge> & {
  /** Only where it was asked for with `expand`. */
  refunds?: List<Refund>;
};
