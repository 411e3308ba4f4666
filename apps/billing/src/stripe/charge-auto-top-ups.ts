import type { Queryable } from '@tacet/database';
import Stripe from 'stripe';
import { v7 } from 'uuid';
import type { Events } from '../events.ts';
import { reportDiscrepancy } from '../ledger/report-discrepancy.ts';
import { autoTopUpsPerRunMax, callRepeatableMs } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { centsOfNano } from './cents.ts';
import { failAutoTopUp } from './fail-auto-top-up.ts';
import { idempotencyKey } from './stored-call.ts';
import { storeEvent } from './store-event.ts';
import { autoTopUpKind } from './sync-payment.ts';
import { currency, type SyncParts } from './sync.ts';

interface DueTopUp {
  readonly account: string;
  readonly customer: string;
  readonly amount: bigint;
}

/** A charge that was written down and has no answer yet. */
interface OpenCharge extends DueTopUp {
  readonly call: string;
  readonly card: string;
  readonly age_ms: bigint;
}

/** Charges the saved cards of accounts that are below what they wished, and again what a crash left without an answer. */
export async function chargeAutoTopUps(parts: SyncParts, metrics: Metrics, events: Events): Promise<void> {
  const { connection, stripe } = parts;
  for (const due of await readDue(connection)) {
    try {
      await openCharge(connection, stripe, due);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      events.paymentsFailed('auto_top_up', error);
    }
  }
  for (const charge of await readOpen(connection)) {
    const outcome = await attempt(parts, charge, events);
    metrics.autoTopUps.inc({ outcome });
    if (outcome === 'declined') await failAutoTopUp(connection, charge.call, undefined);
  }
}

/** Those who are below, have no charge under way, and stay within their month with one more. */
async function readDue(database: Queryable): Promise<readonly DueTopUp[]> {
  const { rows } = await database.query<DueTopUp>(
    `SELECT c.account_id AS account, c.stripe_customer_id AS customer, c.topup_amount_nano AS amount
       FROM billing.customer c JOIN billing.balance b USING (account_id)
      WHERE c.topup_amount_nano IS NOT NULL AND NOT c.topup_failed AND c.stripe_customer_id IS NOT NULL
        AND b.state = 'open' AND b.posted < c.topup_below_nano
        AND NOT EXISTS (SELECT FROM billing.stripe_call s WHERE s.account_id = c.account_id AND s.kind = 'auto_top_up' AND s.state = 'open')
        AND c.topup_amount_nano + (
              SELECT coalesce(sum(s.amount_nano), 0) FROM billing.stripe_call s
               WHERE s.account_id = c.account_id AND s.kind = 'auto_top_up' AND s.state <> 'failed'
                 AND s.created_at >= date_trunc('month', now(), 'UTC')) <= c.topup_month_max_nano
      ORDER BY c.account_id LIMIT $1`,
    [autoTopUpsPerRunMax],
  );
  return rows;
}

/** Writes the charge down with the card that it is for: a repeated call must be the same to the letter. */
async function openCharge(database: Queryable, stripe: Stripe, { account, customer, amount }: DueTopUp): Promise<void> {
  const { data: cards } = await stripe.customers.listPaymentMethods(customer, { limit: 1 });
  const [card] = cards;
  if (!card) {
    await database.query('UPDATE billing.customer SET topup_failed = true WHERE account_id = $1', [account]);
    return;
  }
  await database.query(
    `INSERT INTO billing.stripe_call (call_id, account_id, kind, amount_nano, target) VALUES ($1, $2, 'auto_top_up', $3, $4)
     ON CONFLICT DO NOTHING`,
    [v7(), account, amount, card.id],
  );
}

async function readOpen(database: Queryable): Promise<readonly OpenCharge[]> {
  const { rows } = await database.query<OpenCharge>(
    `SELECT s.call_id AS call, s.account_id AS account, c.stripe_customer_id AS customer, s.amount_nano AS amount, s.target AS card,
            (extract(epoch FROM now() - s.created_at) * 1000)::bigint AS age_ms
       FROM billing.stripe_call s JOIN billing.customer c USING (account_id)
      WHERE s.kind = 'auto_top_up' AND s.state = 'open' AND s.object_id IS NULL AND c.stripe_customer_id IS NOT NULL
      ORDER BY s.created_at LIMIT $1`,
    [autoTopUpsPerRunMax],
  );
  return rows;
}

type ChargeOutcome = 'charged' | 'declined' | 'unanswered' | 'given_up';

async function attempt({ stripe, connection, deploymentId }: SyncParts, charge: OpenCharge, events: Events): Promise<ChargeOutcome> {
  // Stripe forgets keys after a day: then a repeated call could be a second charge.
  if (charge.age_ms > BigInt(callRepeatableMs)) return giveUp(connection, charge);
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: centsOfNano(charge.amount) ?? 0,
        currency,
        customer: charge.customer,
        payment_method: charge.card,
        off_session: true,
        confirm: true,
        description: 'Automatic top-up',
        metadata: { tacet_deployment: deploymentId, tacet_account: charge.account, tacet_kind: autoTopUpKind, tacet_call: charge.call },
      },
      { idempotencyKey: idempotencyKey(charge.call) },
    );
    await connection.query('UPDATE billing.stripe_call SET object_id = $2 WHERE call_id = $1', [charge.call, intent.id]);
    // As if Stripe had told: what came of it is looked at like everything else.
    await storeEvent(connection, { eventId: `own ${charge.call}`, type: 'payment_intent.succeeded', objectId: intent.id });
    return 'charged';
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return 'declined';
    if (error instanceof Stripe.errors.StripeInvalidRequestError) {
      // The customer or the card is gone.
      events.paymentsFailed('auto_top_up', error);
      return 'declined';
    }
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    events.paymentsFailed('auto_top_up', error);
    return 'unanswered';
  }
}

async function giveUp(database: Queryable, { call, account, amount }: OpenCharge): Promise<ChargeOutcome> {
  await failAutoTopUp(database, call, undefined);
  await reportDiscrepancy(database, { kind: 'payment_unanswered', subject: call, accountId: account, expected: amount });
  return 'given_up';
}
