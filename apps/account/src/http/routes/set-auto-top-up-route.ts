import { TacetError } from '@tacet/errors';
import { idBytes } from '../../identifiers.ts';
import { peerError, type Peers } from '../../peers.ts';
import { autoTopUpResource, paymentsResource, toPaymentsResource } from '../resources/payments-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `POST /api/payments/auto-top-up`: turns auto top-up on, or tries again after a decline. */
export function setAutoTopUpRoute(ledger: Peers['ledger']): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/payments/auto-top-up',
    summary: 'Charge the saved card whenever less than an amount is posted, within a cap by the month. Set again, it tries again after a decline.',
    access: 'session',
    body: autoTopUpResource,
    responses: { 200: { description: 'What is known now.', body: { kind: 'json', schema: paymentsResource } } },
    errors: ['payments_closed', 'not_found', 'unavailable'],
    handle: async ({ body, session }) => {
      if (BigInt(body.month_max_nano_usd) < BigInt(body.amount_nano_usd))
        throw new TacetError('field_invalid', { param: 'month_max_nano_usd', message: 'month_max_nano_usd must be at least one top-up.' });
      const request = {
        accountId: idBytes(session.account.accountId),
        autoTopUp: { belowNano: body.below_nano_usd, amountNano: body.amount_nano_usd, monthMaxNano: body.month_max_nano_usd },
      };
      const payments = await ledger.SetAutoTopUp(request).catch((error: unknown) => {
        throw peerError(error);
      });
      return { status: 200, body: toPaymentsResource(payments) };
    },
  });
}
