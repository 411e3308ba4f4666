import { TacetError } from '@tacet/errors';
import { idBytes, newId } from '../../identifiers.ts';
import { peerError, type Peers } from '../../peers.ts';
import { checkoutResource, purchaseResource } from '../resources/payments-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** Stripe may need its time, and billing asks it twice. */
const paymentCallMs = 30_000;

/** `POST /api/payments/checkout`: a page of Stripe where credit is paid for. The credit comes when Stripe says that it was paid. */
export function createCheckoutRoute(ledger: Peers['ledger'], publicOrigin: string): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/payments/checkout',
    summary: 'Open a page of Stripe to buy credit, once or every month. What is paid there becomes balance within seconds.',
    access: 'session',
    body: purchaseResource,
    responses: { 201: { description: 'The page.', body: { kind: 'json', schema: checkoutResource } } },
    errors: ['payments_closed', 'not_found', 'conflict', 'unavailable'],
    handle: async ({ body, session }) => {
      if (body.monthly && body.save_card)
        throw new TacetError('field_invalid', { param: 'save_card', message: 'save_card goes without monthly, which keeps the card.' });
      const request = {
        accountId: idBytes(session.account.accountId),
        requestId: idBytes(body.request_id ?? newId()),
        amountNano: body.amount_nano_usd,
        monthly: body.monthly,
        saveCard: body.save_card,
        successUrl: `${publicOrigin}/settings?payment=done`,
        cancelUrl: `${publicOrigin}/settings?payment=cancelled`,
      };
      const { url, sessionId, expiresAtMs } = await ledger.CreateCheckout(request, { deadlineMs: paymentCallMs }).catch((error: unknown) => {
        throw peerError(error);
      });
      return { status: 201, body: { url, session_id: sessionId, expires_at: new Date(Number(expiresAtMs)).toISOString() } };
    },
  });
}
