import { applyReversal } from './apply-reversal.ts';
import { nanoOfCents, shareOfCredit } from './cents.ts';
import { findCredit } from './find-credit.ts';
import { onConnection } from './on-connection.ts';
import { idOf } from './stripe-access.ts';
import { currency, type SyncOutcome, type SyncParts } from './sync.ts';

/**
 * Statuses in which the bank has the money: while it is open, and when it is lost. An inquiry (`warning_…`) takes none.
 * Source: docs.stripe.com/api/disputes/object.
 */
const taken: ReadonlySet<string> = new Set(['needs_response', 'under_review', 'lost']);

/** A dispute: taken from the account as soon as it is opened, and given back when it is won. */
export async function syncDispute(parts: SyncParts, disputeId: string): Promise<SyncOutcome> {
  const dispute = await parts.stripe.disputes.retrieve(disputeId);
  const paymentIntentId = idOf(dispute.payment_intent);
  if (paymentIntentId === undefined) return 'not_ours';
  const credit = await findCredit(parts, paymentIntentId);
  if (!credit) return 'not_ours';
  if (dispute.currency !== currency) return 'foreign_currency';
  const returnedNano = nanoOfCents(dispute.amount);
  const moved = await onConnection(parts.connection, () =>
    applyReversal(parts.connection, {
      objectId: dispute.id,
      kind: 'dispute',
      creditId: credit.objectId,
      accountId: credit.accountId,
      amountNano: shareOfCredit(returnedNano, credit),
      returnedNano,
      active: taken.has(dispute.status),
    }),
  );
  return moved ? 'applied' : 'unchanged';
}
