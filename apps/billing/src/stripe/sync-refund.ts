import { applyReversal } from './apply-reversal.ts';
import { lateRefund } from './book-payment.ts';
import { nanoOfCents, shareOfCredit } from './cents.ts';
import { findCredit } from './find-credit.ts';
import { onConnection } from './on-connection.ts';
import { idOf } from './stripe-access.ts';
import { currency, type SyncOutcome, type SyncParts } from './sync.ts';

/** Statuses in which the money is back with us. Source: docs.stripe.com/api/refunds/object. */
const undone: ReadonlySet<string | null> = new Set(['failed', 'canceled']);

/** A refund: taken from the account, and given back when it fails. */
export async function syncRefund(parts: SyncParts, refundId: string): Promise<SyncOutcome> {
  const refund = await parts.stripe.refunds.retrieve(refundId);
  const paymentIntentId = idOf(refund.payment_intent);
  if (paymentIntentId === undefined) return 'not_ours';
  if (refund.metadata?.['tacet_late'] === lateRefund.tacet_late) return 'unchanged';
  const credit = await findCredit(parts, paymentIntentId);
  if (!credit) return 'not_ours';
  if (refund.currency !== currency) return 'foreign_currency';
  const returnedNano = nanoOfCents(refund.amount);
  const moved = await onConnection(parts.connection, () =>
    applyReversal(parts.connection, {
      objectId: refund.id,
      kind: 'refund',
      creditId: credit.objectId,
      accountId: credit.accountId,
      amountNano: shareOfCredit(returnedNano, credit),
      returnedNano,
      active: !undone.has(refund.status),
    }),
  );
  return moved ? 'applied' : 'unchanged';
}
