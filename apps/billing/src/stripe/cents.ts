/** One cent is 10^7 nano-USD. */
const nanoPerCent = 10_000_000n;

/** An amount of Stripe's, whole cents, as nano-USD. Throws an `Error` for what is not a whole number. */
export function nanoOfCents(cents: number): bigint {
  if (!Number.isSafeInteger(cents)) throw new Error('an amount of Stripe is not a whole number of cents');
  return BigInt(cents) * nanoPerCent;
}

/** An amount as Stripe takes it; undefined when it is not a whole number of cents. */
export function centsOfNano(nano: bigint): number | undefined {
  return nano % nanoPerCent === 0n ? Number(nano / nanoPerCent) : undefined;
}

/**
 * What of a credit goes back when `returnedNano` of what was paid for it does: the same share, rounded in the customer's
 * favour. Without taxes and discounts they are the same.
 */
export function shareOfCredit(returnedNano: bigint, credit: { readonly amountNano: bigint; readonly paidNano: bigint }): bigint {
  if (credit.amountNano === credit.paidNano || credit.paidNano === 0n) return returnedNano;
  return (returnedNano * credit.amountNano) / credit.paidNano;
}
