import type Stripe from 'stripe';
import type { StripeFake } from '../../src/index.ts';
import { errorOf, monthly, topUp } from './client.ts';

/** Does everything that the fake can, once: every route is asked, every type of event happens. Returns where each kind of object is read. */
export async function tellWholeStory(fake: StripeFake, stripe: Stripe): Promise<readonly string[]> {
  const customer = await stripe.customers.create({ email: 'ada@tacet.example', name: 'Ada', description: 'x', phone: '+430000', preferred_locales: ['de'], tax_exempt: 'none', metadata: { account: 'a' }, address: { line1: 'x', country: 'AT' } });
  await stripe.customers.update(customer.id, { metadata: { account: '' }, name: 'Ada L.' });
  const paid = await topUps(fake, stripe, customer.id);
  const invoice = await subscriptions(fake, stripe, customer.id);
  const { refund, dispute } = await takeBacks(fake, stripe);
  await intents(fake, stripe, customer.id);
  const product = await stripe.products.create({ name: 'x', description: 'y', metadata: { a: 'b' }, tax_code: 'txcd_10000000' });
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 500, product: product.id, recurring: { interval: 'month', interval_count: 2 }, nickname: 'n', lookup_key: 'k', tax_behavior: 'exclusive' });
  await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'https://tacet.example', locale: 'en' });
  const [card] = (await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })).data;
  const gone = await stripe.customers.create({});
  await stripe.customers.del(gone.id);
  const intent = paid.payment_intent as string;
  const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent);
  const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id })).data;
  const [movement] = (await stripe.balanceTransactions.list({ type: 'charge' })).data;
  const [event] = (await stripe.events.list({ types: ['checkout.session.completed'] })).data;
  await readLists(stripe, customer.id);
  return [
    `/v1/customers/${customer.id}`,
    `/v1/customers/${gone.id}`,
    `/v1/checkout/sessions/${paid.id}?expand[]=line_items`,
    `/v1/checkout/sessions/${paid.id}/line_items`,
    `/v1/payment_intents/${intent}`,
    `/v1/charges/${charge as string}?expand[]=refunds`,
    `/v1/refunds/${refund}`,
    `/v1/disputes/${dispute}`,
    `/v1/subscriptions/${invoice.subscription}`,
    `/v1/invoices/${invoice.id}?expand[]=payments`,
    `/v1/invoice_payments/${payment!.id}`,
    `/v1/payment_methods/${card!.id}`,
    `/v1/prices/${price.id}`,
    `/v1/products/${product.id}`,
    `/v1/balance_transactions/${movement!.id}`,
    `/v1/events/${event!.id}`,
    '/v1/customers?limit=2',
    '/v1/checkout/sessions?limit=2',
  ];
}

async function topUps(fake: StripeFake, stripe: Stripe, customer: string): Promise<Stripe.Checkout.Session> {
  const rich = await stripe.checkout.sessions.create(
    topUp(2_500, {
      customer,
      client_reference_id: 'a',
      metadata: { a: 'b' },
      cancel_url: 'https://tacet.example',
      expires_at: Math.floor(Date.now() / 1_000) + 3_600,
      payment_method_types: ['card', 'us_bank_account'],
      payment_intent_data: { setup_future_usage: 'off_session', metadata: { a: 'b' }, description: 'd', receipt_email: 'ada@tacet.example', statement_descriptor_suffix: 'TOPUP' },
      automatic_tax: { enabled: true },
      tax_id_collection: { enabled: true },
      customer_update: { address: 'auto', name: 'auto' },
      allow_promotion_codes: true,
      billing_address_collection: 'auto',
      invoice_creation: { enabled: true },
      locale: 'en',
      submit_type: 'pay',
    }),
  );
  fake.completeCheckout(rich.id, { tax: 100, discount: 50 });
  for (const outcome of ['succeeded', 'failed'] as const) {
    const later = await stripe.checkout.sessions.create(topUp(500, { customer_creation: 'always', customer_email: 'bob@tacet.example' }));
    fake.declineCheckout(later.id);
    fake.completeCheckout(later.id, { payment: 'async' });
    fake.settleCheckout(later.id, outcome);
  }
  await stripe.checkout.sessions.expire((await stripe.checkout.sessions.create(topUp(500))).id);
  await stripe.checkout.sessions.update(rich.id, { metadata: { c: 'd' } });
  await stripe.checkout.sessions.listLineItems(rich.id);
  return await stripe.checkout.sessions.retrieve(rich.id, { expand: ['line_items.data.price.product'] });
}

async function subscriptions(fake: StripeFake, stripe: Stripe, customer: string): Promise<{ id: string; subscription: string }> {
  const session = await stripe.checkout.sessions.create(monthly(2_000, { customer, subscription_data: { metadata: { a: 'b' }, description: 'd' } }));
  const { subscription } = fake.completeCheckout(session.id);
  fake.advanceSubscription(subscription!);
  const { default_payment_method: card } = await stripe.subscriptions.retrieve(subscription!, { expand: ['latest_invoice.payments'] });
  fake.setCardBehaviour(card as string, 'declined');
  const { latest_invoice: unpaid } = fake.advanceSubscription(subscription!);
  fake.setCardBehaviour(card as string, 'succeeds');
  fake.payInvoice(unpaid!);
  await stripe.subscriptions.update(subscription!, { cancel_at_period_end: true, metadata: { c: 'd' }, default_payment_method: card as string });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card as string } });
  await stripe.subscriptions.cancel(subscription!, { cancellation_details: { comment: 'c', feedback: 'other' }, invoice_now: false, prorate: false });
  return { id: unpaid!, subscription: subscription! };
}

async function takeBacks(fake: StripeFake, stripe: Stripe): Promise<{ refund: string; dispute: string }> {
  const pay = async () => fake.completeCheckout((await stripe.checkout.sessions.create(topUp(500))).id).payment_intent!;
  const refund = await stripe.refunds.create({ payment_intent: await pay(), amount: 100, reason: 'duplicate', metadata: { a: 'b' } });
  await stripe.refunds.update(refund.id, { metadata: { c: 'd' } });
  fake.settleRefund(fake.refund(await pay(), { pending: true }).id, 'failed');
  const dispute = fake.openDispute(await pay());
  fake.closeDispute(dispute.id, 'won');
  fake.openDispute(await pay(), { inquiry: true });
  return { refund: refund.id, dispute: dispute.id };
}

async function intents(fake: StripeFake, stripe: Stripe, customer: string): Promise<void> {
  const charge = { amount: 500, currency: 'usd', customer, confirm: true, metadata: { a: 'b' }, description: 'd', receipt_email: 'ada@tacet.example', statement_descriptor_suffix: 'AUTO' };
  const { id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.paymentIntents.create({ ...charge, payment_method: card, off_session: true, payment_method_types: ['card'] });
  fake.setCardBehaviour(card, 'declined');
  await errorOf(stripe.paymentIntents.create({ ...charge, payment_method: card, off_session: true, error_on_requires_action: true }));
  fake.setCardBehaviour(card, 'authentication_required');
  const secured = await stripe.paymentIntents.create({ ...charge, payment_method: card, return_url: 'https://tacet.example' });
  fake.authenticatePayment(secured.id, 'failed');
  fake.setCardBehaviour(card, 'succeeds');
  await stripe.paymentIntents.confirm(secured.id, { payment_method: card, off_session: true, setup_future_usage: 'off_session' });
  const open = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', automatic_payment_methods: { enabled: true, allow_redirects: 'never' } });
  await stripe.paymentIntents.update(open.id, { description: 'e', metadata: { c: 'd' } });
  await stripe.paymentIntents.cancel(open.id, { cancellation_reason: 'abandoned' });
  await stripe.paymentMethods.detach(card);
}

async function readLists(stripe: Stripe, customer: string): Promise<void> {
  const page = { limit: 3, created: { gte: 1 } };
  await stripe.customers.list({ ...page, email: 'ada@tacet.example' });
  await stripe.customers.listPaymentMethods(customer, { limit: 3, type: 'card' });
  await stripe.checkout.sessions.list({ ...page, customer, status: 'complete', expand: ['data.payment_intent.latest_charge'] });
  await stripe.checkout.sessions.list({ customer_details: { email: 'ada@tacet.example' }, payment_intent: 'pi_x', subscription: 'sub_x' });
  await stripe.paymentIntents.list({ ...page, customer });
  await stripe.charges.list({ ...page, customer, payment_intent: 'pi_x' });
  await stripe.refunds.list({ ...page, charge: 'ch_x', payment_intent: 'pi_x' });
  await stripe.disputes.list({ ...page, charge: 'ch_x', payment_intent: 'pi_x' });
  await stripe.subscriptions.list({ ...page, customer, status: 'all', price: 'price_x' });
  await stripe.invoices.list({ ...page, customer, status: 'paid', subscription: 'sub_x' });
  await stripe.invoicePayments.list({ limit: 3, invoice: 'in_x', status: 'paid', payment: { type: 'payment_intent', payment_intent: 'pi_x' } });
  await stripe.prices.list({ ...page, product: 'prod_x' });
  await stripe.products.list(page);
  await stripe.balanceTransactions.list({ ...page, source: 'ch_x', type: 'charge' });
  await stripe.events.list({ ...page, type: 'invoice.*', delivery_success: true });
}
