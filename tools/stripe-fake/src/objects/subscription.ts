import { initially, wholeList, type Metadata } from './json.ts';
import { planOf } from './plan.ts';
import type { Price } from './price.ts';

/** Where a subscription stands. */
export type SubscriptionStatus = 'active' | 'past_due' | 'canceled' | 'unpaid' | 'incomplete';

/** What a customer is subscribed to; the period is in seconds. */
export function newSubscriptionItem(id: string, subscription: string, price: Price, quantity: number, start: number, end: number) {
  return {
    id,
    object: 'subscription_item' as const,
    billing_thresholds: null,
    created: start,
    current_period_end: end,
    current_period_start: start,
    discounts: [],
    metadata: initially<Metadata>({}),
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  };
}

export type SubscriptionItem = ReturnType<typeof newSubscriptionItem>;

/** A subscription that has just begun. */
export function newSubscription(id: string, created: number, customer: string, items: SubscriptionItem[]) {
  return {
    id,
    object: 'subscription' as const,
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: created,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' as const }, type: 'flexible' as const, updated_at: created },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: initially<number | null>(null),
    cancel_at_period_end: false,
    canceled_at: initially<number | null>(null),
    cancellation_details: { comment: initially<string | null>(null), feedback: initially<string | null>(null), feedback_option: null, reason: initially<'cancellation_requested' | 'payment_failed' | null>(null) },
    collection_method: 'charge_automatically' as const,
    created,
    currency: items[0]?.price.currency ?? 'usd',
    customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: initially<string | null>(null),
    default_source: null,
    default_tax_rates: [],
    description: initially<string | null>(null),
    discounts: [],
    ended_at: initially<number | null>(null),
    invoice_settings: { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: { type: 'self' as const } },
    items: wholeList(`/v1/subscription_items?subscription=${id}`, items),
    latest_invoice: initially<string | null>(null),
    livemode: false,
    managed_payments: null,
    metadata: initially<Metadata>({}),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: 'off' as const },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: created,
    status: initially<SubscriptionStatus>('active'),
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' as const } },
    trial_start: null,
  };
}

export type Subscription = ReturnType<typeof newSubscription>;
