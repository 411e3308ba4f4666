/**
 * Goal: the ledger depends on what happened at Stripe alone, not on when or how often it was told. Method: a random history of
 * purchases, refunds, disputes and spending, in which events are delivered at random moments, again and again, while the history goes on;
 * at its end all are delivered once more, in a random order. The books must be those of a formula over Stripe's final state:
 * with credits C, what was spent S and what is gone R, the loss is max(0, R − (C − S)) and the customer has the rest.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import fc from 'fast-check';
import { syncByType } from '../src/stripe/sync-by-type.ts';
import { PaymentsDoor, usd } from './support/payments-door.ts';
import { propertyOptions } from './support/property-options.ts';

let door: PaymentsDoor;

beforeAll(async () => {
  door = await PaymentsDoor.openWithStripe();
  // Nothing travels by itself: the history says when.
  door.stripe.setDelivery({ loseShare: 1 });
}, 60_000);
afterAll(() => door.close());

const place = fc.nat({ max: 1_000 });
const bool = (good: number) => fc.nat({ max: 3 }).map((n) => n < good);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('buy' as const), cents: fc.integer({ min: 500, max: 5_000 }), debit: bool(1) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const), place, good: bool(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('refund' as const), place, cents: fc.integer({ min: 1, max: 900 }), pending: bool(2) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refund-ends' as const), place, good: bool(1) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dispute' as const), place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('dispute-ends' as const), place, good: bool(2) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('spend' as const), percent: fc.integer({ min: 50, max: 100 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('catch-up' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const cent = usd / 100n;

/** One account's history at Stripe. */
class History {
  readonly accountId: Buffer;
  readonly sessions: string[] = [];
  readonly refunds: string[] = [];
  readonly disputes: string[] = [];
  readonly #eventsBefore = door.stripe.events().length;
  spent = 0n;

  get counts(): Record<string, number> {
    return { sessions: this.sessions.length, refunds: this.refunds.length, disputes: this.disputes.length, spendings: this.spent > 0n ? 1 : 0 };
  }

  constructor(accountId: Buffer) {
    this.accountId = accountId;
  }

  get events(): readonly string[] {
    return door.stripe
      .events()
      .slice(this.#eventsBefore)
      .filter(({ type }) => syncByType.has(type))
      .map(({ id }) => id);
  }

  /** Spends a part of what there is, nano-USD. An event that is still on its way can take some of it meanwhile: then of what is left. */
  async #spend(percent: bigint): Promise<bigint> {
    for (;;) {
      const { available } = await door.balance(this.accountId);
      const nano = (available * percent) / 100n;
      if (nano <= 0n) return 0n;
      try {
        await door.spend(this.accountId, nano);
        return nano;
      } catch (error) {
        if (!(error instanceof TacetError) || error.code !== 'insufficient_balance') throw error;
      }
    }
  }

  async take(step: Step): Promise<void> {
    const { stripe } = door;
    const at = <T>(list: readonly T[], place: number) => list[place % list.length];
    if (step.kind === 'buy') {
      const session = await door.checkout(this.accountId, BigInt(step.cents) * cent);
      stripe.completeCheckout(session, { payment: step.debit ? 'async' : 'paid' });
      this.sessions.push(session);
    } else if (step.kind === 'spend') {
      this.spent += await this.#spend(BigInt(step.percent));
    } else if (step.kind === 'catch-up') {
      for (const event of this.events) await stripe.resend(event);
      await door.settled();
    } else if (step.kind === 'deliver') {
      const event = at(this.events, step.place);
      if (event) await stripe.resend(event);
    } else {
      const session = at(this.sessions, step.place);
      const refund = at(this.refunds, step.place);
      const dispute = at(this.disputes, step.place);
      // Stripe refuses what cannot be: then it did not happen.
      tryTo(() => {
        if (step.kind === 'settle' && session) stripe.settleCheckout(session, step.good ? 'succeeded' : 'failed');
        if (step.kind === 'refund' && session) this.refunds.push(stripe.refund(session, { amount: step.cents, pending: step.pending }).id);
        if (step.kind === 'refund-ends' && refund) stripe.settleRefund(refund, step.good ? 'succeeded' : 'failed');
        if (step.kind === 'dispute' && session) this.disputes.push(stripe.openDispute(session).id);
        if (step.kind === 'dispute-ends' && dispute) stripe.closeDispute(dispute, step.good ? 'won' : 'lost');
      });
    }
  }
}

function tryTo(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

interface StripeObject {
  readonly status: string;
  readonly payment_status: string;
  readonly amount: number;
  readonly amount_subtotal: number;
}

async function ask(path: string): Promise<StripeObject> {
  const answer = await fetch(`${door.stripe.url}/v1/${path}`, { headers: { authorization: `Bearer ${door.stripe.apiKey}` } });
  return (await answer.json()) as StripeObject;
}

/** The sum over Stripe's objects as they are now. */
async function sum(paths: readonly string[], amountOf: (object: StripeObject) => number): Promise<bigint> {
  let cents = 0n;
  for (const path of paths) cents += BigInt(amountOf(await ask(path)));
  return cents * cent;
}

async function expected({ sessions, refunds, disputes, spent }: History) {
  const credits = await sum(
    sessions.map((id) => `checkout/sessions/${id}`),
    (session) => (session.payment_status === 'paid' ? session.amount_subtotal : 0),
  );
  const refunded = await sum(
    refunds.map((id) => `refunds/${id}`),
    (refund) => (refund.status === 'failed' ? 0 : refund.amount),
  );
  const disputed = await sum(
    disputes.map((id) => `disputes/${id}`),
    (dispute) => (dispute.status === 'won' ? 0 : dispute.amount),
  );
  const gone = refunded + disputed;
  const loss = gone > credits - spent ? gone - (credits - spent) : 0n;
  return { customer: credits - spent - gone + loss, loss: -loss, clearing: gone - credits, suspended: loss > 0n };
}

const seen: Record<string, number> = {};

test('whenever, however often and in whatever order events come, the books follow from Stripe alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 16, maxLength: 32, size: 'max' }), fc.infiniteStream(place), async (steps, places) => {
      const history = new History(await door.newAccount(0n));
      const before = await door.books(history.accountId);
      for (const cents of [3_000, 1_000]) await history.take({ kind: 'buy', cents, debit: false });
      for (const one of steps) await history.take(one);
      // What is owed by now is paid by a last purchase, as far as it goes.
      await history.take({ kind: 'catch-up' });
      await history.take({ kind: 'buy', cents: 700, debit: false });
      await door.settled();
      const rest = [...history.events, ...history.events];
      while (rest.length > 0) {
        const [event] = rest.splice((places.next().value ?? 0) % rest.length, 1);
        await door.stripe.resend(event ?? '');
      }
      await door.settled();
      const after = await door.books(history.accountId);
      const change = (name: string) => after[name]! - (before[name] ?? 0n);
      const { posted, suspended } = await door.balance(history.accountId);
      expect({ customer: posted, loss: change('loss:chargeback'), clearing: change('stripe:clearing'), suspended }).toEqual(await expected(history));
      expect(after['customer']).toBe(posted);
      for (const [name, count] of Object.entries(history.counts)) seen[name] = (seen[name] ?? 0) + count;
    }),
    propertyOptions(8),
  );
  // The histories had something in them.
  for (const name of ['sessions', 'refunds', 'disputes', 'spendings']) expect([name, (seen[name] ?? 0) > 0]).toEqual([name, true]);
  expect(await door.brokenInvariants()).toEqual([]);
}, 300_000);
