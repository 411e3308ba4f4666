import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@tacet/service';
import { eventually } from '@tacet/testing';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createEvents } from '../src/events.ts';
import { createMetrics } from '../src/metrics.ts';
import { PaymentCheck } from '../src/stripe/check-payments.ts';
import { forgetPayments } from '../src/stripe/forget-payments.ts';
import { createStripe } from '../src/stripe/stripe-access.ts';
import { collect } from './support/ledger-door.ts';
import { uuid } from './support/make.ts';
import { PaymentsDoor, usd } from './support/payments-door.ts';

let door: PaymentsDoor;

beforeAll(async () => {
  door = await PaymentsDoor.openWithStripe();
}, 60_000);
afterAll(() => door.close());
beforeEach(() => door.stripe.setDelivery());

const eventsOf = (type: string, part: string) => door.stripe.events().filter((event) => event.type === type && JSON.stringify(event.data).includes(part));

describe('auto top-up', () => {
  /** An account with a saved card; `cardLater` is how it behaves from then on. */
  async function accountWithCard(nano: bigint, cardLater: 'succeeds' | 'declined' | 'authentication_required' | 'pending' = 'succeeds') {
    const accountId = await door.newAccount(0n);
    door.stripe.completeCheckout(await door.checkout(accountId, nano, { saveCard: true }), { cardLater });
    await door.settled();
    return accountId;
  }
  const wish = (below: bigint, amount: bigint, monthMax: bigint) => ({
    belowNano: below.toString(),
    amountNano: amount.toString(),
    monthMaxNano: monthMax.toString(),
  });
  const autoTopUp = async (accountId: Buffer) => (await door.account.GetPayments({ accountId })).autoTopUp;

  test('below the threshold the card is charged, once, and never beyond the cap of the month', async () => {
    const accountId = await accountWithCard(5n * usd);
    await door.account.SetAutoTopUp({ accountId, autoTopUp: wish(4n * usd, 10n * usd, 25n * usd) });
    for (const expected of [12n, 13n]) {
      await door.spend(accountId, (await door.balance(accountId)).posted - 2n * usd - (expected - 12n) * usd);
      await eventually('it is topped up', async () => (await door.balance(accountId)).posted === expected * usd, 20_000);
    }
    await door.spend(accountId, 10n * usd);
    // 20 of 25 dollars are charged: a third would be too much. Two purchases of others, so that a whole run has gone by.
    for (let i = 0; i < 2; i++) await door.buy(await door.newAccount(0n), usd);
    expect((await door.balance(accountId)).posted).toBe(3n * usd);
    expect(await autoTopUp(accountId)).toMatchObject({ declined: false, monthNano: (20n * usd).toString() });
    expect(eventsOf('payment_intent.succeeded', uuid(accountId)).filter(({ data }) => JSON.stringify(data).includes('auto_top_up')).length).toBe(2);
    const kinds = (await collect(door.account.ListTransfers({ accountId }))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'auto_top_up').length).toBe(2);
  });

  test.each(['declined', 'authentication_required'] as const)('a card that is %s is not tried again until the customer sets it again', async (behaviour) => {
    const accountId = await accountWithCard(2n * usd, behaviour);
    await door.account.SetAutoTopUp({ accountId, autoTopUp: wish(4n * usd, 10n * usd, 100n * usd) });
    await eventually('it is declined', async () => (await autoTopUp(accountId))?.declined === true, 20_000);
    const tried = () => door.stripe.requests().filter(({ path, body }) => path === '/v1/payment_intents' && body.includes(uuid(accountId))).length;
    expect([tried(), (await door.balance(accountId)).posted, (await autoTopUp(accountId))?.monthNano]).toEqual([1, 2n * usd, '0']);
    await door.buy(await door.newAccount(0n), usd);
    expect(tried()).toBe(1);
    await door.account.SetAutoTopUp({ accountId, autoTopUp: wish(4n * usd, 10n * usd, 100n * usd) });
    await eventually('it is tried again', async () => tried() === 2 && (await autoTopUp(accountId))?.declined === true, 20_000);
  });

  test('without a saved card it says so; a bank debit is credited when it is settled, with none beside it; it can be turned off', async () => {
    const bare = await door.newAccount(0n);
    await door.checkout(bare, usd);
    await door.account.SetAutoTopUp({ accountId: bare, autoTopUp: wish(usd, usd, usd) });
    await eventually('there is no card', async () => (await autoTopUp(bare))?.declined === true, 20_000);
    const accountId = await accountWithCard(2n * usd, 'pending');
    await door.account.SetAutoTopUp({ accountId, autoTopUp: wish(4n * usd, 10n * usd, 100n * usd) });
    await eventually('the debit is under way', async () => eventsOf('payment_intent.processing', uuid(accountId)).length === 1, 20_000);
    await door.buy(await door.newAccount(0n), usd);
    const [processing] = eventsOf('payment_intent.processing', uuid(accountId));
    expect((await door.balance(accountId)).posted).toBe(2n * usd);
    door.stripe.settlePayment((processing!.data.object as { id: string }).id, 'succeeded');
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(12n * usd);
    expect(eventsOf('payment_intent.processing', uuid(accountId)).length).toBe(1);
    expect(await door.account.SetAutoTopUp({ accountId })).toMatchObject({ autoTopUp: null });
  });

  test.each([
    ['no amount', { belowNano: '0', amountNano: '0', monthMaxNano: '0' }, 'amount_nano'],
    ['a cap below one top-up', { belowNano: '0', amountNano: '5000000000', monthMaxNano: '4000000000' }, 'month_max_nano'],
    ['half a cent', { belowNano: '5000000', amountNano: '5000000000', monthMaxNano: '5000000000' }, 'below_nano'],
  ])('%s is refused', async (_, autoTopUp, param) => {
    const accountId = await door.newAccount(0n);
    await expect(door.account.SetAutoTopUp({ accountId, autoTopUp })).rejects.toMatchObject({ code: 'field_invalid', param });
  });
});

describe('portal', () => {
  test('there is one for who has bought something', async () => {
    const accountId = await door.newAccount(0n);
    const open = () => door.account.CreatePortal({ accountId, returnUrl: 'https://tacet.example.test/settings' });
    await expect(open()).rejects.toMatchObject({ code: 'not_found' });
    await door.checkout(accountId, usd);
    expect((await open()).url).toMatch(/^https?:/);
    door.stripe.fault({ path: '/v1/billing_portal', status: 500, count: 2 });
    await expect(open()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('deletion of an account', () => {
  test('its customer goes at Stripe with subscription and open pages; a payment that comes late is sent back, and nothing has its id', async () => {
    const accountId = await door.newAccount(0n);
    const { subscription } = door.stripe.completeCheckout(await door.checkout(accountId, 20n * usd, { monthly: true }));
    await door.settled();
    const [open, late] = [await door.checkout(accountId, 5n * usd), await door.checkout(accountId, 6n * usd)];
    door.stripe.completeCheckout(late, { payment: 'async' });
    await door.settled();
    door.stripe.fault({ method: 'DELETE', path: '/v1/customers', status: 500, count: 2 });
    await expect(door.account.CloseAccount({ accountId })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await door.account.CloseAccount({ accountId })).toMatchObject({ closed: true });
    expect(await door.account.CloseAccount({ accountId })).toMatchObject({ closed: true });
    await expect(door.checkout(accountId, 5n * usd)).rejects.toMatchObject({ code: 'conflict' });
    expect([eventsOf('checkout.session.expired', open).length, eventsOf('customer.subscription.deleted', subscription!).length]).toEqual([1, 1]);
    const before = await door.books(accountId);
    door.stripe.settleCheckout(late, 'succeeded');
    await door.settled();
    const [refund] = eventsOf('refund.created', 'tacet_late');
    expect((refund!.data.object as { amount: number }).amount).toBe(600);
    expect(await door.books(accountId)).toEqual(before);
    await door.account.ForgetAccount({ accountId });
    for (const table of ['stripe_call', 'stripe_credit', 'stripe_reversal', 'stripe_event', 'customer']) {
      const { rows } = await door.ledger.owner.query(`SELECT FROM billing.${table} AS t WHERE t::text LIKE '%' || $1 || '%'`, [uuid(accountId)]);
      expect([table, rows.length]).toEqual([table, 0]);
    }
    // Whatever Stripe tells of it now: nothing moves.
    for (const { id, type } of door.stripe.events()) if (/^(checkout|invoice|refund)/.test(type)) await door.stripe.resend(id);
    await door.settled();
  });

  test('a dispute of a payment of a deleted account is a loss, and what comes back of one goes where its balance went', async () => {
    const accountId = await door.newAccount(0n);
    const [first, second] = [await door.buy(accountId, 10n * usd), await door.buy(accountId, 4n * usd)];
    const early = door.stripe.openDispute(second);
    await door.settled();
    await door.account.CloseAccount({ accountId });
    await door.account.ForgetAccount({ accountId });
    const change = await door.change(accountId, async () => {
      door.stripe.closeDispute(door.stripe.openDispute(first).id, 'lost');
      door.stripe.closeDispute(early.id, 'won');
      await door.settled();
    });
    expect(change).toEqual({ 'loss:chargeback': -10n * usd, breakage: 4n * usd, 'stripe:clearing': 6n * usd });
  });
});

describe('the comparison with Stripe', () => {
  const find = async () => {
    const log = createLog('billing', 'error', pino.destination({ dest: '/dev/null', sync: true }));
    const stripe = createStripe({ apiKey: door.stripe.apiKey, apiUrl: door.stripe.url });
    const connection = await door.ledger.owner.connect();
    const { rows } = await connection.query<{ id: string }>('SELECT deployment_id AS id FROM billing.deployment');
    const check = new PaymentCheck(stripe, createMetrics(new Registry()), createEvents(log));
    try {
      await connection.query('DELETE FROM billing.discrepancy');
      await check.look({ stripe, connection, deploymentId: rows[0]!.id }, Date.now() - 86_400_000, Date.now() + 60_000);
      const found = await connection.query<{ kind: string; subject: string; expected: bigint; found: bigint }>(
        "SELECT kind, subject, expected, found FROM billing.discrepancy WHERE kind LIKE 'payment%' ORDER BY kind, subject",
      );
      return found.rows;
    } finally {
      connection.release();
    }
  };

  test('finds nothing where all is well, with refunds, disputes, subscriptions and payments of others', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    door.stripe.refund(session, { amount: 100 });
    door.stripe.settleRefund(door.stripe.refund(session, { amount: 100, pending: true }).id, 'failed');
    door.stripe.closeDispute(door.stripe.openDispute(await door.buy(accountId, 3n * usd)).id, 'won');
    await door.settled();
    expect(await find()).toEqual([]);
  });

  test('tells of a payment, a refund and a dispute that the ledger does not have, and repairs nothing', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    door.stripe.setDelivery({ loseShare: 1 });
    const lost = door.stripe.completeCheckout(await door.checkout(accountId, 7n * usd));
    const refund = door.stripe.refund(session, { amount: 200 });
    const dispute = door.stripe.openDispute(session);
    const found = await find();
    expect(found).toEqual(
      [
        { kind: 'payment_not_in_ledger', subject: dispute.id, expected: BigInt(dispute.amount) * 10_000_000n, found: 0n },
        { kind: 'payment_not_in_ledger', subject: lost.payment_intent!, expected: 7n * usd, found: 0n },
        { kind: 'payment_not_in_ledger', subject: refund.id, expected: 2n * usd, found: 0n },
      ].sort((a, b) => (a.subject < b.subject ? -1 : 1)),
    );
    expect((await door.balance(accountId)).posted).toBe(10n * usd);
    // What a person does about it: Stripe sends the events again.
    door.stripe.setDelivery();
    for (const { id } of door.stripe.events().slice(-12)) await door.stripe.resend(id);
    await door.settled();
    expect(await find()).toEqual([]);
  });

  test('tells of money in the ledger that is not at Stripe, and of another amount', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    await door.ledger.owner.query('UPDATE billing.stripe_credit SET paid_nano = 1 WHERE object_id = $1', [session]);
    await door.ledger.owner.query(
      `INSERT INTO billing.stripe_credit (object_id, account_id, kind, payment_intent_id, amount_nano, paid_nano)
       VALUES ('cs_invented', $1, 'top_up', 'pi_invented', 5, 5)`,
      [uuid(accountId)],
    );
    expect(await find()).toEqual([
      { kind: 'payment_amount_differs', subject: session, expected: 10n * usd, found: 1n },
      { kind: 'payment_not_at_stripe', subject: 'cs_invented', expected: 0n, found: 5n },
    ]);
    await door.ledger.owner.query("DELETE FROM billing.stripe_credit WHERE object_id = 'cs_invented'");
    await door.ledger.owner.query('UPDATE billing.stripe_credit SET paid_nano = amount_nano WHERE object_id = $1', [session]);
  });
});

test('events that were looked at are forgotten after their days, those that wait are not', async () => {
  const { owner } = door.ledger;
  await door.settled();
  await owner.query("UPDATE billing.stripe_event SET received_at = now() - interval '31 days'");
  await owner.query("INSERT INTO billing.stripe_event (event_id, type, object_id, due_at) VALUES ('evt_waits', 'refund.created', 're_x', now() + interval '1 day')");
  await forgetPayments(owner);
  const { rows } = await owner.query('SELECT event_id FROM billing.stripe_event');
  expect(rows).toEqual([{ event_id: 'evt_waits' }]);
  await owner.query('DELETE FROM billing.stripe_event');
});

test('after all of this the books are in order', async () => {
  expect(await door.brokenInvariants()).toEqual([]);
});
