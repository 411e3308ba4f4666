import { balanceTransactionRoutes } from './balance-transactions.ts';
import { billingPortalRoutes } from './billing-portal.ts';
import { chargeRoutes } from './charges.ts';
import { createCheckoutSession } from './create-checkout-session.ts';
import { checkoutSessionRoutes } from './checkout-sessions.ts';
import { createPaymentIntentRoute } from './create-payment-intent.ts';
import { customerRoutes } from './customers.ts';
import { disputeRoutes } from './disputes.ts';
import { eventRoutes } from './events.ts';
import { invoiceRoutes } from './invoices.ts';
import { paymentIntentRoutes } from './payment-intents.ts';
import { paymentMethodRoutes } from './payment-methods.ts';
import { priceRoutes } from './prices.ts';
import { productRoutes } from './products.ts';
import { refundRoutes } from './refunds.ts';
import type { Route } from './route.ts';
import { subscriptionRoutes } from './subscriptions.ts';

/** All that the fake can be asked through Stripe's API. */
export const routes: readonly Route[] = [
  ...balanceTransactionRoutes,
  ...billingPortalRoutes,
  ...chargeRoutes,
  createCheckoutSession,
  ...checkoutSessionRoutes,
  createPaymentIntentRoute,
  ...customerRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...invoiceRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...refundRoutes,
  ...subscriptionRoutes,
];

/** The route of a request and the id in its path. */
export function findRoute(method: string, path: string): { readonly route: Route; readonly id: string } | undefined {
  const names = path.split('/');
  for (const route of routes) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== names.length) continue;
    const at = wanted.indexOf(':id');
    const id = at < 0 ? '' : (names[at] ?? '');
    if (wanted.every((name, index) => index === at || name === names[index]) && (at < 0 || id !== '')) return { route, id: decodeURIComponent(id) };
  }
  return undefined;
}
