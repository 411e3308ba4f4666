import { expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import type { BalanceTransaction } from '../src/objects/balance-transaction.ts';
import type { BillingPortalSession } from '../src/objects/billing-portal-session.ts';
import type { Charge } from '../src/objects/charge.ts';
import type { CheckoutSession } from '../src/objects/checkout-session.ts';
import type { Customer, DeletedCustomer } from '../src/objects/customer.ts';
import type { Dispute } from '../src/objects/dispute.ts';
import type { InvoicePayment } from '../src/objects/invoice-payment.ts';
import type { Invoice } from '../src/objects/invoice.ts';
import type { PaymentIntent } from '../src/objects/payment-intent.ts';
import type { PaymentMethod } from '../src/objects/payment-method.ts';
import type { Price } from '../src/objects/price.ts';
import type { Product } from '../src/objects/product.ts';
import type { Refund } from '../src/objects/refund.ts';
import type { Subscription } from '../src/objects/subscription.ts';

/** What the fake builds is what the `stripe` package promises to its users: the compiler checks it. */
interface Promised {
  balanceTransaction: [BalanceTransaction, Stripe.BalanceTransaction];
  billingPortalSession: [BillingPortalSession, Stripe.BillingPortal.Session];
  charge: [Charge, Stripe.Charge];
  checkoutSession: [CheckoutSession, Stripe.Checkout.Session];
  customer: [Customer, Stripe.Customer];
  deletedCustomer: [DeletedCustomer, Stripe.DeletedCustomer];
  dispute: [Dispute, Stripe.Dispute];
  invoice: [Invoice, Stripe.Invoice];
  invoicePayment: [InvoicePayment, Stripe.InvoicePayment];
  paymentIntent: [PaymentIntent, Stripe.PaymentIntent];
  paymentMethod: [PaymentMethod, Stripe.PaymentMethod];
  price: [Price, Stripe.Price];
  product: [Product, Stripe.Product];
  refund: [Refund, Stripe.Refund];
  subscription: [Subscription, Stripe.Subscription];
}

/** On the wire decimals are strings; the package turns them into its own type. */
type Read<T> = T extends readonly (infer Element)[] ? Read<Element>[] : T extends object ? { [Name in keyof T]: Name extends `${string}_decimal` ? Exclude<T[Name], string> | Stripe.Decimal : Read<T[Name]> } : T;

type Kept = { [Kind in keyof Promised]: Read<Promised[Kind][0]> extends Promised[Kind][1] ? true : Promised[Kind] };

test('every object of the fake has the type that the stripe package declares', () => {
  const kept = {} as { [Kind in keyof Kept]: Kept[Kind] };
  const all: Record<keyof Promised, true> = kept;
  expect(all).toBe(kept);
});
