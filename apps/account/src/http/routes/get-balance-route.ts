import { idBytes } from '../../identifiers.ts';
import { peerError, type Peers } from '../../peers.ts';
import { balanceResource, toBalanceResource } from '../resources/usage-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/balance`: what the account has, as billing knows it. */
export function getBalanceRoute(ledger: Peers['ledger']): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/balance',
    summary: 'The balance in nano-USD. available = posted - held + overdraft.',
    access: 'session',
    responses: { 200: { description: 'The balance.', body: { kind: 'json', schema: balanceResource } } },
    errors: ['not_found', 'unavailable'],
    handle: async ({ session }) => {
      const balance = await ledger.GetBalance({ accountId: idBytes(session.account.accountId) }).catch((error: unknown) => {
        throw peerError(error);
      });
      return { status: 200, body: toBalanceResource(balance) };
    },
  });
}
