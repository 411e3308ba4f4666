import { idBytes } from '../../identifiers.ts';
import { peerError, type Peers } from '../../peers.ts';
import { defineRoute, type Route } from '../route.ts';

/** `DELETE /api/payments/auto-top-up`: turns auto top-up off; idempotent. */
export function endAutoTopUpRoute(ledger: Peers['ledger']): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/api/payments/auto-top-up',
    summary: 'Turn auto top-up off. A charge that is under way is still credited. Idempotent.',
    access: 'session',
    responses: { 204: { description: 'It is off.', body: { kind: 'empty' } } },
    errors: ['payments_closed', 'not_found', 'unavailable'],
    handle: async ({ session }) => {
      await ledger.SetAutoTopUp({ accountId: idBytes(session.account.accountId) }).catch((error: unknown) => {
        throw peerError(error);
      });
      return { status: 204 };
    },
  });
}
