import { amount, choice, currency, group, list, metadata, text, whole } from '../wire/shapes.ts';

/** Parameters that `POST /v1/prices` and `price_data` share. */
export const priceShape = {
  currency: currency(),
  product: text().optional(),
  unit_amount: amount().optional(),
  unit_amount_decimal: text(20).optional(),
  recurring: group({ interval: choice('day', 'week', 'month', 'year'), interval_count: whole(1, 156).optional() }).optional(),
  tax_behavior: choice('unspecified', 'exclusive', 'inclusive').optional(),
};

/** A product made in passing. */
export const productDataShape = group({ name: text(), description: text().optional(), metadata: metadata().optional(), tax_code: text().optional(), images: list(text(2_048), 8).optional() });
