import type { Address } from './address.ts';
import { initially, type List, type Metadata } from './json.ts';
import type { LineItem } from './line-item.ts';

/** What Checkout knows of who pays. */
export interface CustomerDetails {
  address: Address | null;
  business_name: null;
  email: string | null;
  individual_name: string | null;
  name: string | null;
  phone: string | null;
  tax_exempt: 'none';
  tax_ids: never[];
}

/** What a new Checkout Session needs; amounts in the smallest unit of the currency, times in seconds. */
export interface CheckoutSessionDraft {
  readonly id: string;
  readonly created: number;
  readonly expiresAt: number;
  readonly mode: 'payment' | 'subscription';
  readonly currency: string;
  readonly amount: number;
}

/** What a page may ask for beside money, and does not. */
function nothingElse() {
  return {
    after_expiration: null,
    consent: null,
    consent_collection: null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    discounts: [],
    optional_items: null,
    phone_number_collection: { enabled: false },
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
  };
}

function invoiceData() {
  return { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: null, metadata: {}, rendering_options: null };
}

/** An open session in which nobody has paid yet. */
export function newCheckoutSession({ id, created, expiresAt, mode, currency, amount }: CheckoutSessionDraft) {
  return {
    id,
    object: 'checkout.session' as const,
    ...nothingElse(),
    adaptive_pricing: { enabled: false },
    allow_promotion_codes: initially<boolean | null>(null),
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: initially<{ type: 'self' } | null>(null), provider: initially<string | null>(null), status: initially<'complete' | 'requires_location_inputs' | null>(null) },
    billing_address_collection: initially<'auto' | 'required' | null>(null),
    branding_settings: { background_color: '#ffffff', border_style: 'rounded' as const, button_color: '#0074d4', display_name: 'Tacet', font_family: 'default', icon: null, logo: null },
    cancel_url: initially<string | null>(null),
    client_reference_id: initially<string | null>(null),
    client_secret: null,
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    created,
    currency,
    customer: initially<string | null>(null),
    customer_account: null,
    customer_creation: initially<'always' | 'if_required' | null>(null),
    customer_details: initially<CustomerDetails | null>(null),
    customer_email: initially<string | null>(null),
    expires_at: expiresAt,
    integration_identifier: null,
    invoice: initially<string | null>(null),
    invoice_creation: mode === 'payment' ? { enabled: false, invoice_data: invoiceData() } : null,
    livemode: false,
    locale: initially<string | null>(null),
    managed_payments: null,
    metadata: initially<Metadata>({}),
    mode,
    origin_context: null,
    payment_intent: initially<string | null>(null),
    payment_link: null,
    payment_method_collection: mode === 'subscription' ? ('always' as const) : ('if_required' as const),
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' as const } },
    payment_method_types: initially<string[]>(['card']),
    payment_status: initially<'paid' | 'unpaid'>('unpaid'),
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: mode === 'subscription' ? { allow_redisplay_filters: ['always' as const], payment_method_remove: 'disabled' as const, payment_method_save: null } : null,
    setup_intent: null,
    status: initially<'open' | 'complete' | 'expired'>('open'),
    submit_type: initially<'auto' | 'pay' | null>(null),
    subscription: initially<string | null>(null),
    success_url: initially<string | null>(null),
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page' as const,
    url: initially<string | null>(null),
    wallet_options: null,
  };
}

export type CheckoutSession = ReturnType<typeof newCheckoutSession> & {
  /** Only where it was asked for with `expand`. */
  line_items?: List<LineItem>;
};

/** Who pays, as far as it is known. */
export function customerDetails(email: string | null, name: string | null): CustomerDetails {
  return { address: null, business_name: null, email, individual_name: null, name, phone: null, tax_exempt: 'none', tax_ids: [] };
}
