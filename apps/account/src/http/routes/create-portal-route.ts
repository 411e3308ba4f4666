import { z } from 'zod';
import { idBytes } from '../../identifiers.ts';
import { peerError, type Peers } from '../../peers.ts';
import { defineRoute, type Route } from '../route.ts';

const paymentCallMs = 30_000;

/** `POST /api/payments/portal`: Stripe's customer portal, for cards, invoices and the end of a subscription. */
export function createPortalRoute(ledger: Peers['ledger'], publicOrigin: string): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/payments/portal',
    summary: 'Open the customer portal of Stripe: cards, invoices, receipts, the end of a subscription.',
    access: 'session',
    responses: { 201: { description: 'The portal.', body: { kind: 'json', schema: z.strictObject({ url: z.string() }) } } },
    errors: ['payments_closed', 'not_found', 'unavailable'],
    handle: async ({ session }) => {
      const request = { accountId: idBytes(session.account.accountId), returnUrl: `${publicOrigin}/settings` };
      const { url } = await ledger.CreatePortal(request, { deadlineMs: paymentCallMs }).catch((error: unknown) => {
        throw peerError(error);
      });
      return { status: 201, body: { url } };
    },
  });
}
