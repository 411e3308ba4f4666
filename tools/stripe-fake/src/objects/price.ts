import { initially, type Metadata } from './json.ts';

/** How often a price comes back. */
export interface Recurrence {
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly interval_count: number;
}

/** What a new price needs; amounts in the smallest unit of the currency. */
export interface PriceDraft {
  readonly id: string;
  readonly created: number;
  readonly product: string;
  readonly currency: string;
  readonly unitAmount: number;
  readonly recurring: Recurrence | undefined;
  readonly active: boolean;
}

/** A price per unit. Those that Checkout makes out of `price_data` are not active. */
export function newPrice({ id, created, product, currency, unitAmount, recurring, active }: PriceDraft) {
  return {
    id,
    object: 'price' as const,
    active,
    billing_scheme: 'per_unit' as const,
    created,
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: initially<string | null>(null),
    metadata: initially<Metadata>({}),
    nickname: initially<string | null>(null),
    product,
    recurring: recurring === undefined ? null : { ...recurring, meter: null, trial_period_days: null, usage_type: 'licensed' as const },
    tax_behavior: initially<'unspecified' | 'exclusive' | 'inclusive'>('unspecified'),
    tiers_mode: null,
    transform_quantity: null,
    type: recurring === undefined ? ('one_time' as const) : ('recurring' as const),
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  };
}

export type Price = ReturnType<typeof newPrice>;
