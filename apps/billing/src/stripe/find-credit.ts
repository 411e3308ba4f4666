import type { Queryable } from '@tacet/database';
import { syncCheckout } from './sync-checkout.ts';
import { syncInvoice } from './sync-invoice.ts';
import { syncPayment } from './sync-payment.ts';
import type { SyncParts } from './sync.ts';

/** What the ledger has of a payment that came in. */
export interface KnownCredit {
  readonly objectId: string;
  /** None: the account was deleted since. */
  readonly accountId: string | undefined;
  readonly amountNano: bigint;
  readonly paidNano: bigint;
}

/** The credit that a payment brought; undefined when the ledger has none. */
export async function readCredit(database: Queryable, paymentIntentId: string): Promise<KnownCredit | undefined> {
  const { rows } = await database.query<{ id: string; account: string | null; amount: bigint; paid: bigint }>(
    `SELECT object_id AS id, account_id AS account, amount_nano AS amount, paid_nano AS paid
       FROM billing.stripe_credit WHERE payment_intent_id = $1`,
    [paymentIntentId],
  );
  const [row] = rows;
  return row && { objectId: row.id, accountId: row.account ?? undefined, amountNano: row.amount, paidNano: row.paid };
}

/**
 * The credit of a payment that is being given back. Its own events may be late or lost, so what the payment was for is looked at
 * first: a refund never comes before its credit. Undefined when the payment is not ours, or was never credited.
 */
export async function findCredit(parts: SyncParts, paymentIntentId: string): Promise<KnownCredit | undefined> {
  const { stripe, connection } = parts;
  const known = await readCredit(connection, paymentIntentId);
  if (known) return known;
  const { data: sessions } = await stripe.checkout.sessions.list({ payment_intent: paymentIntentId, limit: 1 });
  const { data: payments } = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: paymentIntentId },
    limit: 1,
  });
  const [session] = sessions;
  const invoice = payments[0]?.invoice;
  if (session) await syncCheckout(parts, session.id);
  else if (typeof invoice === 'string') await syncInvoice(parts, invoice);
  else await syncPayment(parts, paymentIntentId);
  return readCredit(connection, paymentIntentId);
}
