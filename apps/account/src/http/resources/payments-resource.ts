import type { Payments__Output as Payments } from '@tacet/rpc/types/ledger/v1/Payments';
import { z } from 'zod';

/** Least and largest purchase, as billing has them: 1 and 10,000 USD. nano-USD. */
const purchaseNanoMin = 1_000_000_000n;
const purchaseNanoMax = 10_000_000_000_000n;

/** Most that auto top-up may be allowed in a month, as billing has it: 100,000 USD. nano-USD. */
const monthNanoMax = 100_000_000_000_000n;

const nanoPerCent = 10_000_000n;

/** nano-USD as a decimal string: whole cents within bounds. */
const wholeCents = (min: bigint, max: bigint) =>
  z
    .string()
    .regex(/^\d{1,18}$/, { error: 'must be nano-USD as a decimal string', abort: true })
    .refine((text) => BigInt(text) % nanoPerCent === 0n, { error: 'must be whole cents', abort: true })
    .refine((text) => BigInt(text) >= min && BigInt(text) <= max, `must be from ${min} to ${max}`);

/** What is bought. */
export const purchaseResource = z.strictObject({
  amount_nano_usd: wholeCents(purchaseNanoMin, purchaseNanoMax),
  /** Credit of this amount every month, until it is cancelled in the portal. */
  monthly: z.boolean().default(false),
  /** Keep the card for auto top-up. */
  save_card: z.boolean().default(false),
  /** The same id is the same page: for a client that repeats a call. */
  request_id: z.uuid().optional(),
});

/** Stripe's page where it is paid. */
export const checkoutResource = z.strictObject({ url: z.string(), session_id: z.string(), expires_at: z.iso.datetime() });

/** When less than `below` is posted, `amount` is charged; in a UTC month no more than `month_max`. */
export const autoTopUpResource = z.strictObject({
  below_nano_usd: wholeCents(0n, purchaseNanoMax),
  amount_nano_usd: wholeCents(purchaseNanoMin, purchaseNanoMax),
  month_max_nano_usd: wholeCents(purchaseNanoMin, monthNanoMax),
});

/** What is known of an account's payments. */
export const paymentsResource = z.strictObject({
  /** Payments are set up here. */
  open: z.boolean(),
  /** Something was bought: there is a portal. */
  portal: z.boolean(),
  subscribed: z.boolean(),
  /** What a refund or a chargeback took that the balance did not have. Paid by the next purchase. */
  debt_nano_usd: z.string(),
  auto_top_up: autoTopUpResource.extend({ declined: z.boolean(), month_nano_usd: z.string() }).nullable(),
});
export type PaymentsResource = z.output<typeof paymentsResource>;

/** Makes the resource of billing's answer. */
export function toPaymentsResource({ open, customer, subscribed, debtNano, autoTopUp }: Payments): PaymentsResource {
  return {
    open,
    portal: customer,
    subscribed,
    debt_nano_usd: debtNano,
    auto_top_up: autoTopUp && {
      below_nano_usd: autoTopUp.belowNano,
      amount_nano_usd: autoTopUp.amountNano,
      month_max_nano_usd: autoTopUp.monthMaxNano,
      declined: autoTopUp.declined,
      month_nano_usd: autoTopUp.monthNano,
    },
  };
}
