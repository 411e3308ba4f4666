import { randomBytes } from 'node:crypto';
import { createLog } from '@tacet/service';
import { eventually } from '@tacet/testing';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createEvents } from '../../src/events.ts';
import { createMetrics } from '../../src/metrics.ts';
import { PaymentCheck } from '../../src/stripe/check-payments.ts';
import { createStripe } from '../../src/stripe/stripe-access.ts';
import { usd, type PaymentsDoor } from './payments-door.ts';

/** Has billing ask Stripe everything that it ever asks. */
export async function tellEverything(door: PaymentsDoor): Promise<void> {
  const { stripe } = door;
  const accountId = await door.newAccount(0n);
  const session = await door.checkout(accountId, 10n * usd, { saveCard: true });
  stripe.completeCheckout(session);
  await door.settled();
  const { subscription } = stripe.completeCheckout(await door.checkout(accountId, 5n * usd, { monthly: true }));
  stripe.advanceSubscription(subscription ?? '');
  await door.settled();
  await door.account.CreatePortal({ accountId, returnUrl: 'https://t.test' });
  await door.operator.RefundTopUp({ accountId, reference: session, amountNano: usd.toString(), requestId: randomBytes(16) });
  await door.operator.RefundTopUp({ accountId, reference: session, amountNano: '0', requestId: randomBytes(16) });
  stripe.openDispute(await door.buy(accountId, 2n * usd));
  const autoTopUp = { belowNano: (500n * usd).toString(), amountNano: usd.toString(), monthMaxNano: usd.toString() };
  await door.account.SetAutoTopUp({ accountId, autoTopUp });
  await eventually('the card is charged', async () => stripe.requests().some(({ path }) => path === '/v1/payment_intents'), 20_000);
  await door.settled();
  // A refund whose payment was not told of is looked for by its payment.
  stripe.setDelivery({ loseShare: 1, types: ['checkout.session.completed'] });
  const untold = await door.checkout(accountId, 3n * usd);
  stripe.completeCheckout(untold);
  stripe.refund(untold);
  await door.settled();
  stripe.setDelivery();
  await compare(door);
  const late = await door.checkout(accountId, 4n * usd);
  stripe.completeCheckout(late, { payment: 'async' });
  await door.checkout(accountId, 4n * usd);
  await door.account.CloseAccount({ accountId });
  stripe.settleCheckout(late, 'succeeded');
  await door.settled();
}

async function compare(door: PaymentsDoor): Promise<void> {
  const api = createStripe({ apiKey: door.stripe.apiKey, apiUrl: door.stripe.url });
  const log = createLog('billing', 'error', pino.destination({ dest: '/dev/null', sync: true }));
  const connection = await door.ledger.owner.connect();
  try {
    // From a time without movements, so that each credit is asked for by itself, too.
    for (const fromMs of [Date.now() - 86_400_000, Date.now() - 1])
      await new PaymentCheck(api, createMetrics(new Registry()), createEvents(log)).look({ stripe: api, connection, deploymentId: '' }, fromMs, Date.now() + 60_000);
  } finally {
    connection.release();
  }
}
