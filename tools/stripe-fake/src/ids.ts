import { createHash } from 'node:crypto';

/** Prefix and number of characters after it, as on Stripe's wire. */
const forms = {
  balanceTransaction: ['txn_3', 23],
  billingPortalConfiguration: ['bpc_1', 23],
  billingPortalSession: ['bps_1', 23],
  charge: ['ch_3', 23],
  checkoutSession: ['cs_test_a1', 56],
  customer: ['cus_', 14],
  dispute: ['du_1', 23],
  event: ['evt_1', 23],
  invoice: ['in_1', 23],
  invoiceLine: ['il_1', 23],
  invoicePayment: ['inpay_1', 23],
  invoicePrefix: ['', 8],
  lineItem: ['li_1', 23],
  paymentIntent: ['pi_3', 23],
  paymentMethod: ['pm_1', 23],
  price: ['price_1', 23],
  product: ['prod_', 14],
  refund: ['re_3', 23],
  request: ['req_', 14],
  secret: ['', 25],
  subscription: ['sub_1', 23],
  subscriptionItem: ['si_', 14],
} as const;

/** What gets an id. */
export type IdKind = keyof typeof forms;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Ids that depend on the seed, the kind and how many of that kind there were, and on nothing else. */
export class Ids {
  readonly #seed: number;
  readonly #counts = new Map<IdKind, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The next id of its kind. */
  next(kind: IdKind): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const [prefix, length] = forms[kind];
    const digest = createHash('sha512').update(`${this.#seed}:${kind}:${count}`).digest();
    return prefix + [...digest.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
  }
}
