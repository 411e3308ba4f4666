import { Collection } from './collection.ts';
import type { BalanceTransaction } from './objects/balance-transaction.ts';
import type { BillingPortalSession } from './objects/billing-portal-session.ts';
import type { CardBehaviour } from './objects/card.ts';
import type { Charge } from './objects/charge.ts';
import type { CheckoutSession } from './objects/checkout-session.ts';
import { deletedCustomer, type Customer } from './objects/customer.ts';
import type { Dispute } from './objects/dispute.ts';
import type { StripeEvent } from './objects/event.ts';
import type { InvoicePayment } from './objects/invoice-payment.ts';
import type { Invoice } from './objects/invoice.ts';
import type { Metadata } from './objects/json.ts';
import type { LineItem } from './objects/line-item.ts';
import type { PaymentIntent } from './objects/payment-intent.ts';
import type { PaymentMethod } from './objects/payment-method.ts';
import type { Price } from './objects/price.ts';
import type { Product } from './objects/product.ts';
import type { Refund } from './objects/refund.ts';
import type { Subscription } from './objects/subscription.ts';

/** What a Checkout Session will make when somebody pays; Stripe's objects do not show it. */
export interface CheckoutPlan {
  readonly lines: LineItem[];
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly setupFutureUsage: 'off_session' | 'on_session' | null;
  readonly receiptEmail: string | null;
  readonly statementDescriptorSuffix: string | null;
}

/** Everything that the fake remembers of the world that it imitates. */
export class Store {
  readonly customers = new Collection<Customer>('customer');
  readonly products = new Collection<Product>('product');
  readonly prices = new Collection<Price>('price');
  readonly checkoutSessions = new Collection<CheckoutSession>('checkout.session');
  readonly paymentIntents = new Collection<PaymentIntent>('payment_intent');
  readonly paymentMethods = new Collection<PaymentMethod>('PaymentMethod');
  readonly charges = new Collection<Charge>('charge');
  readonly refunds = new Collection<Refund>('refund');
  readonly disputes = new Collection<Dispute>('dispute');
  readonly subscriptions = new Collection<Subscription>('subscription');
  readonly invoices = new Collection<Invoice>('invoice');
  readonly invoicePayments = new Collection<InvoicePayment>('invoice_payment');
  readonly balanceTransactions = new Collection<BalanceTransaction>('balance_transaction');
  readonly billingPortalSessions = new Collection<BillingPortalSession>('billing_portal.session');
  readonly events = new Collection<StripeEvent>('event', 'forget');

  /** Ids of customers that were deleted; Stripe still knows that they were. */
  readonly deletedCustomers = new Set<string>();
  /** Ids of payment methods that were taken from their customers: they cannot be used again. */
  readonly detachedMethods = new Set<string>();
  /** By the id of the Checkout Session. */
  readonly checkoutPlans = new Map<string, CheckoutPlan>();
  /** By the id of the payment method. */
  readonly cardBehaviours = new Map<string, CardBehaviour>();

  /** What an id stands for, as `expand` shows it. */
  byId(id: string): object | undefined {
    if (this.deletedCustomers.has(id)) return deletedCustomer(id);
    const prefix = /^[a-z]+_/.exec(id)?.[0] ?? '';
    return this.#collectionOf(prefix)?.find(id);
  }

  #collectionOf(prefix: string): { find(id: string): object | undefined } | undefined {
    const collections: Readonly<Record<string, { find(id: string): object | undefined }>> = {
      cus_: this.customers,
      prod_: this.products,
      price_: this.prices,
      cs_: this.checkoutSessions,
      pi_: this.paymentIntents,
      pm_: this.paymentMethods,
      ch_: this.charges,
      re_: this.refunds,
      du_: this.disputes,
      sub_: this.subscriptions,
      in_: this.invoices,
      inpay_: this.invoicePayments,
      txn_: this.balanceTransactions,
    };
    return collections[prefix];
  }
}
