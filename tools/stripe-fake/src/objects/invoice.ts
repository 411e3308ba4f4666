import type { Customer } from './customer.ts';
import type { InvoiceLine } from './invoice-line.ts';
import type { InvoicePayment } from './invoice-payment.ts';
import { initially, wholeList, type List, type Metadata } from './json.ts';
import type { Subscription } from './subscription.ts';

/** What an invoice needs; amounts in the smallest unit of the currency, times in seconds. */
export interface InvoiceDraft {
  readonly id: string;
  readonly created: number;
  readonly customer: Customer;
  readonly currency: string;
  readonly number: string;
  readonly subtotal: number;
  readonly tax: number;
  readonly discount: number;
  readonly lines: InvoiceLine[];
  readonly billingReason: 'subscription_create' | 'subscription_cycle' | 'manual';
  readonly subscription: Subscription | undefined;
  readonly baseUrl: string;
}

function parentOf(subscription: Subscription | undefined) {
  if (subscription === undefined) return null;
  return { quote_details: null, subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id }, type: 'subscription_details' as const };
}

function customerOf(customer: Customer) {
  return {
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address,
    customer_email: customer.email,
    customer_name: customer.name,
    customer_phone: customer.phone,
    customer_shipping: null,
    shipping_cost: null,
    shipping_details: null,
    customer_tax_exempt: customer.tax_exempt,
    customer_tax_ids: [],
  };
}

function amountsOf({ subtotal, tax, discount }: InvoiceDraft) {
  const total = subtotal - discount + tax;
  return {
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: total,
    amount_shipping: 0,
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_discount_amounts: [],
    total_excluding_tax: subtotal - discount,
    total_pretax_credit_amounts: [],
    total_taxes: tax === 0 ? [] : [{ amount: tax, tax_behavior: 'exclusive' as const, tax_rate_details: null, taxability_reason: 'standard_rated' as const, taxable_amount: subtotal - discount, type: 'tax_rate_details' as const }],
  };
}

/** An invoice that is final and not paid. */
export function newInvoice(draft: InvoiceDraft) {
  const { id, created, subscription, baseUrl } = draft;
  const period = subscription?.items.data[0];
  return {
    id,
    object: 'invoice' as const,
    account_country: 'US',
    account_name: 'Tacet',
    account_tax_ids: null,
    ...amountsOf(draft),
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: draft.tax > 0, liability: null, provider: null, status: draft.tax > 0 ? ('complete' as const) : null },
    automatically_finalizes_at: null,
    billing_reason: draft.billingReason,
    collection_method: 'charge_automatically' as const,
    created,
    currency: draft.currency,
    custom_fields: null,
    ...customerOf(draft.customer),
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: created,
    ending_balance: 0,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: `${baseUrl}/fake/invoice/${id}`,
    invoice_pdf: `${baseUrl}/fake/invoice/${id}/pdf`,
    issuer: { type: 'self' as const },
    last_finalization_error: null,
    latest_revision: null,
    lines: wholeList(`/v1/invoices/${id}/lines`, draft.lines),
    livemode: false,
    metadata: initially<Metadata>({}),
    next_payment_attempt: initially<number | null>(null),
    number: draft.number,
    on_behalf_of: null,
    parent: parentOf(subscription),
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: draft.billingReason === 'subscription_cycle' ? (period?.current_period_start ?? created) : created,
    period_start: created,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: initially<'open' | 'paid' | 'void' | 'uncollectible'>('open'),
    status_transitions: { finalized_at: created, marked_uncollectible_at: null, paid_at: initially<number | null>(null), voided_at: null },
    test_clock: null,
    webhooks_delivered_at: created,
  };
}

export type Invoice = ReturnType<typeof newInvoice> & {
  /** Only where it was asked for with `expand`. */
  payments?: List<InvoicePayment>;
};
