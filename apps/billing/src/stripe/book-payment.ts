import { applyCredit, type Credit } from './apply-credit.ts';
import { onConnection } from './on-connection.ts';
import type { SyncOutcome, SyncParts } from './sync.ts';

/** Marks our own refund of a payment that came too late: it never was in the ledger. */
export const lateRefund = { tacet_late: 'yes' } as const;

/** Credits a payment; one whose account is no more is sent back. */
export async function bookPayment({ stripe, connection }: SyncParts, credit: Credit): Promise<SyncOutcome> {
  if (credit.amountNano <= 0n) return 'unchanged';
  const outcome = await onConnection(connection, () => applyCredit(connection, credit));
  if (outcome === 'known') return 'unchanged';
  if (outcome === 'credited') return 'applied';
  if (credit.paymentIntentId === undefined) return 'unchanged';
  const { data: refunds } = await stripe.refunds.list({ payment_intent: credit.paymentIntentId, limit: 1 });
  if (refunds.length > 0) return 'unchanged';
  // The key follows from the payment: asked again, it is the same refund.
  await stripe.refunds.create(
    { payment_intent: credit.paymentIntentId, metadata: lateRefund },
    { idempotencyKey: `tacet-late-${credit.paymentIntentId}` },
  );
  return 'sent_back';
}
