/**
 * Goal: what happens at Stripe is in the ledger once, to the nano-dollar. Method: the real billing and the real library of Stripe
 * talk to a Stripe that is played at the wire; customers, banks and the dashboard act through its other door.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { eventually } from '@tacet/testing';
import { makeId, uuid } from './support/make.ts';
import { collect, LedgerDoor } from './support/ledger-door.ts';
import { PaymentsDoor, usd } from './support/payments-door.ts';

let door: PaymentsDoor;

beforeAll(async () => {
  door = await PaymentsDoor.openWithStripe();
}, 60_000);
afterAll(() => door.close());

const payments = async (accountId: Buffer) => door.account.GetPayments({ accountId });
const isSuspended = async (accountId: Buffer) => (await door.balance(accountId)).suspended;

describe('top-ups', () => {
  test('a top-up that is paid is credited once, exactly, under the name of its session', async () => {
    const accountId = await door.newAccount(0n);
    let session = '';
    const change = await door.change(accountId, async () => {
      session = await door.buy(accountId, 12n * usd + 340_000_000n);
    });
    expect(change).toEqual({ customer: 12_340_000_000n, 'stripe:clearing': -12_340_000_000n });
    expect(await collect(door.account.ListTransfers({ accountId }))).toMatchObject([
      { kind: 'top_up', reference: session, amountNano: '12340000000', counterpart: 'stripe:clearing' },
    ]);
    expect(await payments(accountId)).toMatchObject({ open: true, customer: true, subscribed: false, autoTopUp: null, debtNano: '0' });
  });

  test('what is not paid is not credited: a declined card, an expired session, a debit until it is settled, one that comes back', async () => {
    const accountId = await door.newAccount(0n);
    const [declined, expired, debit, bounced] = [
      await door.checkout(accountId, 5n * usd),
      await door.checkout(accountId, 6n * usd),
      await door.checkout(accountId, 7n * usd),
      await door.checkout(accountId, 8n * usd),
    ] as const;
    door.stripe.declineCheckout(declined);
    door.stripe.expireCheckout(expired);
    door.stripe.completeCheckout(debit, { payment: 'async' });
    door.stripe.completeCheckout(bounced, { payment: 'async' });
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(0n);
    door.stripe.settleCheckout(debit, 'succeeded');
    door.stripe.settleCheckout(bounced, 'failed');
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(7n * usd);
  });

  test('the same request is the same page; its id for another purchase is a conflict', async () => {
    const accountId = await door.newAccount(0n);
    const requestId = randomBytes(16);
    const session = await door.checkout(accountId, 5n * usd, { requestId });
    expect(await door.checkout(accountId, 5n * usd, { requestId })).toBe(session);
    await expect(door.checkout(accountId, 6n * usd, { requestId })).rejects.toMatchObject({ code: 'conflict', param: 'request_id' });
    await expect(door.checkout(accountId, 5n * usd, { requestId, saveCard: true })).rejects.toMatchObject({ code: 'conflict' });
  });

  test.each([
    ['half a cent', { amountNano: '5005000000' }, 'amount_nano'],
    ['less than a dollar', { amountNano: '990000000' }, 'amount_nano'],
    ['more than 10,000 dollars', { amountNano: '10000010000000' }, 'amount_nano'],
    ['an address that is none', { successUrl: 'javascript:alert(1)' }, 'success_url'],
    ['an address with a password in it', { cancelUrl: 'https://a:b@tacet.example.test' }, 'cancel_url'],
    ['a card to keep with a subscription', { monthly: true, saveCard: true }, 'save_card'],
  ])('%s is refused before Stripe hears of it', async (_, wrong, param) => {
    const accountId = await door.newAccount(0n);
    const asked = door.stripe.requests().length;
    await expect(door.checkout(accountId, 5n * usd, wrong)).rejects.toMatchObject({ code: 'field_invalid', param });
    expect(door.stripe.requests().length).toBe(asked);
  });

  test('Stripe learns the id of the account and nothing else of it', async () => {
    const accountId = await door.newAccount(0n);
    await door.checkout(accountId, 5n * usd);
    const { body } = door.stripe.requests().findLast(({ path, method }) => path === '/v1/customers' && method === 'POST')!;
    expect([...new URLSearchParams(body).keys()].sort()).toEqual(['metadata[tacet_account]', 'metadata[tacet_deployment]']);
  });

  test('without an answer of Stripe there is no page, and asked again there is one customer', async () => {
    const accountId = await door.newAccount(0n);
    door.stripe.fault({ method: 'POST', path: '/v1/customers', cut: true, executed: true, count: 2 });
    await expect(door.checkout(accountId, 5n * usd)).rejects.toMatchObject({ code: 'unavailable' });
    const session = await door.checkout(accountId, 5n * usd);
    const made = door.stripe.events().filter(({ type, data }) => type === 'customer.created' && JSON.stringify(data).includes(uuid(accountId)));
    expect([made.length, session.startsWith('cs_')]).toEqual([1, true]);
  });
});

describe('subscriptions', () => {
  test('each month that is paid is credited and stays; the end is known, and a second one is refused while there is one', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.checkout(accountId, 20n * usd, { monthly: true });
    const { subscription } = door.stripe.completeCheckout(session);
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(20n * usd);
    expect(await payments(accountId)).toMatchObject({ subscribed: true });
    await expect(door.checkout(accountId, 20n * usd, { monthly: true })).rejects.toMatchObject({ code: 'conflict' });
    door.stripe.advanceSubscription(subscription!, 2);
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(60n * usd);
    expect((await collect(door.account.ListTransfers({ accountId }))).map(({ kind }) => kind)).toEqual(['subscription', 'subscription', 'subscription']);
    door.stripe.cancelSubscription(subscription!, 'now');
    await door.settled();
    expect(await payments(accountId)).toMatchObject({ subscribed: false });
    expect((await door.balance(accountId)).posted).toBe(60n * usd);
  });
});

describe('refunds and disputes', () => {
  test('a refund takes what it gives back; a part of it a part; one that fails comes back', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    const part = door.stripe.refund(session, { amount: 250 });
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(7_500_000_000n);
    const rest = door.stripe.refund(session, { pending: true });
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(0n);
    door.stripe.settleRefund(rest.id, 'failed');
    door.stripe.settleRefund(part.id, 'failed');
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(10n * usd);
    expect(await isSuspended(accountId)).toBe(false);
  });

  test('a dispute after spending: the account pays what it has, the loss the rest; won, both are reversed and it may spend again', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    await door.spend(accountId, 7n * usd);
    let dispute = '';
    const taken = await door.change(accountId, async () => {
      dispute = door.stripe.openDispute(session).id;
      await door.settled();
    });
    expect(taken).toEqual({ customer: -3n * usd, 'loss:chargeback': -7n * usd, 'stripe:clearing': 10n * usd });
    expect([await isSuspended(accountId), (await payments(accountId)).debtNano]).toEqual([true, '7000000000']);
    const back = await door.change(accountId, async () => {
      door.stripe.closeDispute(dispute, 'won');
      await door.settled();
    });
    expect(back).toEqual({ customer: 3n * usd, 'loss:chargeback': 7n * usd, 'stripe:clearing': -10n * usd });
    expect([await isSuspended(accountId), (await payments(accountId)).debtNano]).toEqual([false, '0']);
  });

  test('a lost dispute stays lost; the next purchase pays the debt first and ends the suspension', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    await door.spend(accountId, 10n * usd);
    door.stripe.closeDispute(door.stripe.openDispute(session).id, 'lost');
    await door.settled();
    expect([await door.balance(accountId), (await payments(accountId)).debtNano]).toMatchObject([{ posted: 0n, suspended: true }, '10000000000']);
    await door.buy(accountId, 4n * usd);
    expect([await door.balance(accountId), (await payments(accountId)).debtNano]).toMatchObject([{ posted: 0n, suspended: true }, '6000000000']);
    await door.buy(accountId, 9n * usd);
    expect([await door.balance(accountId), (await payments(accountId)).debtNano]).toMatchObject([{ posted: 3n * usd, suspended: false }, '0']);
  });

  test('an inquiry takes nothing', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    door.stripe.closeDispute(door.stripe.openDispute(session, { inquiry: true }).id, 'lost');
    await door.settled();
    expect((await door.balance(accountId)).posted).toBe(10n * usd);
  });

  test('whom the operator suspended stays suspended when a debt is paid', async () => {
    const accountId = await door.newAccount(0n);
    const session = await door.buy(accountId, 10n * usd);
    await door.spend(accountId, 10n * usd);
    const { id } = door.stripe.openDispute(session);
    await door.settled();
    await door.operator.SuspendAccount({ accountId, suspended: true });
    door.stripe.closeDispute(id, 'won');
    await door.settled();
    expect(await door.balance(accountId)).toMatchObject({ posted: 0n, suspended: true });
  });

  test('the operator gives a payment back by its reference, once by request, and no more than is left', async () => {
    const accountId = await door.newAccount(0n);
    const reference = await door.buy(accountId, 10n * usd);
    const requestId = randomBytes(16);
    const refund = () => door.operator.RefundTopUp({ accountId, reference, amountNano: '4000000000', requestId });
    const [{ refundId }] = [await refund(), await refund()];
    await eventually('it is booked', async () => (await door.balance(accountId)).posted === 6n * usd);
    await door.settled();
    const transfers = await collect(door.account.ListTransfers({ accountId }));
    expect(transfers.filter(({ kind }) => kind === 'refund')).toMatchObject([{ reference: refundId, amountNano: '-4000000000' }]);
    const more = { accountId, reference, requestId: randomBytes(16) };
    await expect(door.operator.RefundTopUp({ ...more, amountNano: '7000000000' })).rejects.toMatchObject({ code: 'field_invalid' });
    await expect(door.operator.RefundTopUp({ ...more, accountId: await door.newAccount(0n) })).rejects.toMatchObject({ code: 'not_found' });
    expect(await door.operator.RefundTopUp({ ...more, requestId: randomBytes(16), amountNano: '0' })).toMatchObject({ amountNano: '6000000000' });
    await expect(door.operator.RefundTopUp({ ...more, requestId: randomBytes(16) })).rejects.toMatchObject({ code: 'conflict' });
    await door.settled();
  });
});

test('without keys of Stripe everything but payments works, and those say so', async () => {
  const closed = await LedgerDoor.open();
  const accountId = await closed.newAccount(5n);
  const urls = { successUrl: 'https://t.test', cancelUrl: 'https://t.test', returnUrl: 'https://t.test' };
  const request = { accountId, requestId: makeId(), amountNano: '5000000000', ...urls };
  await expect(closed.account.CreateCheckout(request)).rejects.toMatchObject({ code: 'payments_closed' });
  await expect(closed.account.CreatePortal(request)).rejects.toMatchObject({ code: 'payments_closed' });
  await expect(closed.account.SetAutoTopUp(request)).rejects.toMatchObject({ code: 'payments_closed' });
  await expect(closed.operator.RefundTopUp(request)).rejects.toMatchObject({ code: 'payments_closed' });
  expect(await closed.account.GetPayments({ accountId })).toMatchObject({ open: false, customer: false });
  expect((await closed.balance(accountId)).posted).toBe(5n);
  expect(await closed.account.CloseAccount({ accountId })).toMatchObject({ closed: true });
  await closed.ledger.stop();
});

test('after all of this the books are in order', async () => {
  expect(await door.brokenInvariants()).toEqual([]);
});
