import type { Queryable } from '@tacet/database';
import type Stripe from 'stripe';
import type { Discrepancy } from '../ledger/report-discrepancy.ts';
import { nanoOfCents } from './cents.ts';
import { readCredit } from './find-credit.ts';
import { accountIn } from './ownership.ts';
import { idOf } from './stripe-access.ts';
import type { SyncParts } from './sync.ts';

/** What a movement of Stripe's balance says of the ledger. */
export interface ComparedMovement {
  /** The payment that came in, if it is one. */
  readonly paymentIntentId?: string | undefined;
  readonly discrepancy?: Discrepancy | undefined;
}

/** Compares one movement of Stripe's balance with what the ledger has of its source. Fees and payouts are not ours to book. */
export async function compareMovement(parts: SyncParts, { source, type }: Stripe.BalanceTransaction): Promise<ComparedMovement> {
  if (source === null || typeof source === 'string') return {};
  if (source.object === 'charge' && (type === 'charge' || type === 'payment')) return compareCharge(parts, source);
  if (source.object === 'refund') {
    const active = source.status !== 'failed' && source.status !== 'canceled';
    return { discrepancy: await compareReversal(parts.connection, source.id, idOf(source.payment_intent), nanoOfCents(source.amount), active) };
  }
  if (source.object === 'dispute') {
    const active = source.status !== 'won' && !source.status.startsWith('warning_');
    return { discrepancy: await compareReversal(parts.connection, source.id, idOf(source.payment_intent), nanoOfCents(source.amount), active) };
  }
  return {};
}

async function compareCharge({ connection, deploymentId }: SyncParts, charge: Stripe.Charge): Promise<ComparedMovement> {
  const paymentIntentId = idOf(charge.payment_intent);
  if (paymentIntentId === undefined || charge.status !== 'succeeded') return { paymentIntentId };
  const paidNano = nanoOfCents(charge.amount_captured);
  const credit = await readCredit(connection, paymentIntentId);
  if (credit) {
    if (credit.paidNano === paidNano) return { paymentIntentId };
    return {
      paymentIntentId,
      discrepancy: { kind: 'payment_amount_differs', subject: credit.objectId, accountId: credit.accountId, expected: paidNano, found: credit.paidNano },
    };
  }
  const accountId = (await ownerOf(connection, idOf(charge.customer))) ?? accountIn(charge.metadata, deploymentId);
  // Given back as a whole before it was ever credited: it came too late.
  if (accountId === undefined || charge.refunded) return { paymentIntentId };
  const known = await isKnown(connection, accountId);
  return {
    paymentIntentId,
    discrepancy: { kind: 'payment_not_in_ledger', subject: paymentIntentId, accountId: known ? accountId : undefined, expected: paidNano, found: 0n },
  };
}

async function compareReversal(
  database: Queryable,
  objectId: string,
  paymentIntentId: string | undefined,
  returnedNano: bigint,
  active: boolean,
): Promise<Discrepancy | undefined> {
  const credit = paymentIntentId === undefined ? undefined : await readCredit(database, paymentIntentId);
  if (!credit) return undefined;
  const { rows } = await database.query<{ returned: bigint }>(
    'SELECT returned_nano AS returned FROM billing.stripe_reversal WHERE object_id = $1 AND active',
    [objectId],
  );
  const expected = active ? returnedNano : 0n;
  const found = rows[0]?.returned ?? 0n;
  if (expected === found) return undefined;
  const kind = found === 0n ? 'payment_not_in_ledger' : expected === 0n ? 'payment_not_at_stripe' : 'payment_amount_differs';
  return { kind, subject: objectId, accountId: credit.accountId, expected, found };
}

async function ownerOf(database: Queryable, customerId: string | undefined): Promise<string | undefined> {
  if (customerId === undefined) return undefined;
  const { rows } = await database.query<{ account: string }>(
    'SELECT account_id AS account FROM billing.customer WHERE stripe_customer_id = $1',
    [customerId],
  );
  return rows[0]?.account;
}

async function isKnown(database: Queryable, accountId: string): Promise<boolean> {
  const { rows } = await database.query('SELECT FROM billing.customer WHERE account_id = $1', [accountId]);
  return rows.length > 0;
}
