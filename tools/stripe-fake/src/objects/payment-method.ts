import { emptyAddress, type Address } from './address.ts';
import { last4Of, type CardBehaviour } from './card.ts';
import { initially, type Metadata } from './json.ts';

/** Who pays, as typed in beside the number of the card. */
export interface BillingDetails {
  address: Address;
  email: string | null;
  name: string | null;
  phone: string | null;
  tax_id: null;
}

/** Details of which nothing is known but an e-mail address and a name. */
export function billingDetails(email: string | null = null, name: string | null = null): BillingDetails {
  return { address: emptyAddress(), email, name, phone: null, tax_id: null };
}

function cardOf(last4: string) {
  return {
    brand: 'visa',
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: 'visa',
    exp_month: 12,
    exp_year: 2034,
    fingerprint: 'Xt5EWLLDS7FJjR1c',
    funding: 'credit',
    generated_from: null,
    last4,
    networks: { available: ['visa'], preferred: null },
    regulated_status: 'unregulated' as const,
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

function bankAccountOf(last4: string) {
  return {
    account_holder_type: 'individual' as const,
    account_type: 'checking' as const,
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    fingerprint: 'FFDMA0xfhBjWSZLu',
    last4,
    networks: { preferred: 'ach', supported: ['ach' as const] },
    routing_number: '110000000',
    status_details: null,
  };
}

/** A way to pay: a card, or a bank account where the behaviour is `pending`. */
export function newPaymentMethod(id: string, created: number, behaviour: CardBehaviour, details: BillingDetails) {
  const kind = behaviour === 'pending' ? { type: 'us_bank_account' as const, us_bank_account: bankAccountOf(last4Of(behaviour)) } : { card: cardOf(last4Of(behaviour)), type: 'card' as const };
  return {
    id,
    object: 'payment_method' as const,
    allow_redisplay: 'unspecified' as const,
    billing_details: details,
    created,
    customer: initially<string | null>(null),
    customer_account: null,
    livemode: false,
    metadata: initially<Metadata>({}),
    ...kind,
  };
}

export type PaymentMethod = ReturnType<typeof newPaymentMethod>;
