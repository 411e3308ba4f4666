import { initially, type Metadata } from './json.ts';
import type { Price } from './price.ts';
import type { SubscriptionItem } from './subscription.ts';

/** A line of an invoice: what, how much of it, and for which period (seconds). */
export interface InvoiceLineDraft {
  readonly id: string;
  readonly invoice: string;
  readonly price: Price;
  readonly quantity: number;
  readonly description: string;
  readonly start: number;
  readonly end: number;
  readonly item: SubscriptionItem | undefined;
}

function parentOf(item: SubscriptionItem | undefined) {
  if (item === undefined) return null;
  const details = { invoice_item: null, proration: false, proration_details: { credited_items: null }, subscription: item.subscription, subscription_item: item.id };
  return { invoice_item_details: null, subscription_item_details: details, type: 'subscription_item_details' as const };
}

/** A line of an invoice. */
export function newInvoiceLine({ id, invoice, price, quantity, description, start, end, item }: InvoiceLineDraft) {
  const amount = price.unit_amount * quantity;
  return {
    id,
    object: 'line_item' as const,
    amount,
    currency: price.currency,
    description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: initially<Metadata>({}),
    parent: parentOf(item),
    period: { end, start },
    pretax_credit_amounts: [],
    pricing: { price_details: { price: price.id, product: price.product }, type: 'price_details' as const, unit_amount_decimal: price.unit_amount_decimal },
    quantity,
    quantity_decimal: String(quantity),
    subscription: item?.subscription ?? null,
    subtotal: amount,
    taxes: [],
  };
}

export type InvoiceLine = ReturnType<typeof newInvoiceLine>;
