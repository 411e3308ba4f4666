import { idBytes } from '../../identifiers.ts';
import { peerError, type Peers } from '../../peers.ts';
import { paymentsResource, toPaymentsResource } from '../resources/payments-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/payments`: whether there are payments here, and what is known of the account's. */
export function getPaymentsRoute(ledger: Peers['ledger']): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/payments',
    summary: 'Whether credit can be bought here; the subscription, auto top-up and debt of the account.',
    access: 'session',
    responses: { 200: { description: 'What is known.', body: { kind: 'json', schema: paymentsResource } } },
    errors: ['not_found', 'unavailable'],
    handle: async ({ session }) => {
      const payments = await ledger.GetPayments({ accountId: idBytes(session.account.accountId) }).catch((error: unknown) => {
        throw peerError(error);
      });
      return { status: 200, body: toPaymentsResource(payments) };
    },
  });
}
