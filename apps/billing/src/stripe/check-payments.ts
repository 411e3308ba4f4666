import type { Queryable } from '@tacet/database';
import Stripe from 'stripe';
import type { Events } from '../events.ts';
import { reportDiscrepancy, type Discrepancy } from '../ledger/report-discrepancy.ts';
import { movementsPerCheckMax, paymentCheckBackMs, paymentCheckEveryMs, paymentSettleMs } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { askForOpenCharges } from './ask-for-open-charges.ts';
import { compareMovement } from './compare-movement.ts';
import { forgetPayments } from './forget-payments.ts';
import type { SyncParts } from './sync.ts';

/**
 * Compares what moved Stripe's balance with the ledger, and the ledger with what moved there. What does not agree is written
 * down and never repaired: a person sends the event again (docs/operating/stripe.md).
 */
export class PaymentCheck {
  readonly #stripe: Stripe;
  readonly #metrics: Metrics;
  readonly #events: Events;
  #dueAt = 0;

  constructor(stripe: Stripe, metrics: Metrics, events: Events) {
    this.#stripe = stripe;
    this.#metrics = metrics;
    this.#events = events;
  }

  /** Looks, asks again for charges that take long, and forgets what is old, if it is time to. Stripe being away is no finding. */
  async run(parts: SyncParts, nowMs = Date.now()): Promise<void> {
    if (nowMs < this.#dueAt) return;
    await forgetPayments(parts.connection);
    await askForOpenCharges(parts.connection, nowMs);
    this.#dueAt = nowMs + paymentCheckEveryMs;
    try {
      await this.look(parts, nowMs - paymentCheckBackMs, nowMs - paymentSettleMs);
      this.#metrics.paymentsCheckedAt.setToCurrentTime();
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      this.#events.paymentsFailed('check', error);
    }
  }

  /** Looks at what moved between two times, milliseconds. Answers how many discrepancies it found. */
  async look(parts: SyncParts, fromMs: number, toMs: number): Promise<number> {
    const found: Discrepancy[] = [];
    const seen = new Set<string>();
    let left = movementsPerCheckMax;
    const created = { gte: Math.floor(fromMs / 1_000), lt: Math.floor(toMs / 1_000) };
    for await (const movement of this.#stripe.balanceTransactions.list({ created, limit: 100, expand: ['data.source'] })) {
      if (left-- <= 0) break;
      const { paymentIntentId, discrepancy } = await compareMovement(parts, movement);
      if (paymentIntentId !== undefined) seen.add(paymentIntentId);
      if (discrepancy) found.push(discrepancy);
    }
    for (const credit of await readCredits(parts.connection, fromMs, toMs)) {
      if (seen.has(credit.intent)) continue;
      const discrepancy = await this.#compareCredit(credit);
      if (discrepancy) found.push(discrepancy);
    }
    for (const discrepancy of found) await reportDiscrepancy(parts.connection, discrepancy);
    if (found.length > 0) this.#events.paymentsDiffer(found.length);
    return found.length;
  }

  /** A credit whose payment did not move in that time: a bank debit moves days before it is paid. */
  async #compareCredit({ id, account, intent, paid }: CreditRow): Promise<Discrepancy | undefined> {
    const payment = await this.#stripe.paymentIntents.retrieve(intent).catch((error: unknown) => {
      if (error instanceof Stripe.errors.StripeInvalidRequestError) return undefined;
      throw error;
    });
    if (payment?.status === 'succeeded' && BigInt(payment.amount_received) * 10_000_000n === paid) return undefined;
    return { kind: 'payment_not_at_stripe', subject: id, accountId: account ?? undefined, expected: 0n, found: paid };
  }
}

interface CreditRow {
  readonly id: string;
  readonly account: string | null;
  readonly intent: string;
  readonly paid: bigint;
}

async function readCredits(database: Queryable, fromMs: number, toMs: number): Promise<readonly CreditRow[]> {
  const { rows } = await database.query<CreditRow>(
    `SELECT object_id AS id, account_id AS account, payment_intent_id AS intent, paid_nano AS paid FROM billing.stripe_credit
      WHERE created_at >= to_timestamp($1 / 1000.0) AND created_at < to_timestamp($2 / 1000.0) AND payment_intent_id IS NOT NULL
      ORDER BY created_at LIMIT $3`,
    [fromMs, toMs, movementsPerCheckMax],
  );
  return rows;
}
