import { bookPayment } from './book-payment.ts';
import { nanoOfCents } from './cents.ts';
import { failAutoTopUp } from './fail-auto-top-up.ts';
import { accountIn } from './ownership.ts';
import { currency, type SyncOutcome, type SyncParts } from './sync.ts';

/** In the metadata of payments that are not made through Checkout. */
export const autoTopUpKind = 'auto_top_up';

/** A payment intent: one of an auto top-up is credited when it succeeded. Those of Checkout and of invoices are theirs. */
export async function syncPayment(parts: SyncParts, paymentIntentId: string): Promise<SyncOutcome> {
  const { stripe, deploymentId, connection } = parts;
  const intent = await stripe.paymentIntents.retrieve(paymentIntentId);
  const accountId = accountIn(intent.metadata, deploymentId);
  if (accountId === undefined) return 'not_ours';
  if (intent.metadata['tacet_kind'] !== autoTopUpKind) return 'unchanged';
  if (intent.status === 'requires_payment_method' || intent.status === 'requires_action' || intent.status === 'canceled')
    return (await failAutoTopUp(connection, intent.metadata['tacet_call'] ?? '', intent.id)) ? 'applied' : 'unchanged';
  if (intent.status !== 'succeeded') return 'unchanged';
  if (intent.currency !== currency) return 'foreign_currency';
  const amountNano = nanoOfCents(intent.amount_received);
  const outcome = await bookPayment(parts, {
    objectId: intent.id,
    accountId,
    kind: 'auto_top_up',
    paymentIntentId: intent.id,
    amountNano,
    paidNano: amountNano,
  });
  await connection.query("UPDATE billing.stripe_call SET state = 'done', object_id = $2 WHERE call_id::text = $1", [
    intent.metadata['tacet_call'] ?? '',
    intent.id,
  ]);
  return outcome;
}
