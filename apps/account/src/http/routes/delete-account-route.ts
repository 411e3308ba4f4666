import type { Pool } from '@tacet/database';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { requestDeletion } from '../../deletion/request-deletion.ts';
import type { AccountEvents } from '../../events.ts';
import { defineRoute, type Route } from '../route.ts';
import type { SessionCookie } from '../session-cookie.ts';

/** `DELETE /api/account`: begins the deletion, which then runs to its end by itself. */
export function deleteAccountRoute(pool: Pool, clock: Clock, events: AccountEvents, cookie: SessionCookie, publicOrigin: string): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/api/account',
    summary: 'Delete the account with everything in it. Cannot be taken back. Needs a recent sign-in.',
    access: 'recent',
    responses: {
      202: {
        description:
          'The deletion has begun: keys and sessions have ended. The receipt is at `receipt_url` some minutes later, for ' +
          '7 days; the link is shown here alone.',
        body: { kind: 'json', schema: z.strictObject({ receipt_url: z.url() }) },
        setsCookie: true,
      },
    },
    errors: [],
    handle: async ({ session }) => {
      const token = await requestDeletion(pool, events, session.account.accountId, clock());
      return { status: 202, body: { receipt_url: `${publicOrigin}/api/receipts/${token}` }, cookie: cookie.clear() };
    },
  });
}
