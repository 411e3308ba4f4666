import { initially, type Metadata } from './json.ts';
import type { Price } from './price.ts';

/** A line of a Checkout Session. */
export function newLineItem(id: string, price: Price, quantity: number, description: string) {
  const amount = price.unit_amount * quantity;
  return {
    id,
    object: 'item' as const,
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description,
    metadata: initially<Metadata>({}),
    price,
    quantity,
  };
}

export type LineItem = ReturnType<typeof newLineItem>;
