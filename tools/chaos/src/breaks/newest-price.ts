import type { Break } from './break.ts';

export const newestPrice: Break = {
  name: 'newest-price',
  sentence: 'A request is charged by the price version that it was admitted with.',
  replacements: [
    {
      file: 'apps/billing/src/usage/price-book.ts',
      from: "'SELECT price_version AS version, input_pico AS input, cached_pico AS cached, output_pico AS output FROM billing.price',",
      to: "'SELECT p.price_version AS version, n.input_pico AS input, n.cached_pico AS cached, n.output_pico AS output FROM billing.price p JOIN billing.model m USING (model_id) JOIN billing.price n ON n.price_version = m.price_version',",
    },
  ],
  shownBy: ['--scenario', 'repriced'],
};
