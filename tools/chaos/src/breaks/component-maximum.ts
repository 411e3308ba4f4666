import type { Break } from './break.ts';

export const componentMaximum: Break = {
  name: 'component-maximum',
  sentence: 'The later record of a request replaces the earlier whole, never the greater of each count.',
  replacements: [
    {
      file: 'libs/database/migrations/main/0101_billing_apply.sql',
      from: `      least(p_charge[t.i], p_reserved[t.i]) - coalesce(u.billed, 0),
`,
      to: `      least((SELECT billing.charge(greatest(p_input[t.i], coalesce(u.input_tokens, 0)), greatest(p_cached[t.i], coalesce(u.cached_tokens, 0)),
                                   greatest(p_output[t.i], coalesce(u.output_tokens, 0)), r.input_pico, r.cached_pico, r.output_pico)
               FROM billing.price r WHERE r.price_version = p_price[t.i]), p_reserved[t.i]) - coalesce(u.billed, 0),
`,
    },
  ],
  shownBy: ['--scenario', 'cached-at-the-end'],
};
