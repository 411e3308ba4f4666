import type { Pool } from '@tacet/database';
import { hashSecretToken } from '../../secret-token.ts';
import { closeSession } from '../../sessions/sessions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { SessionCookie } from '../session-cookie.ts';

/** `DELETE /api/session`: signs out; idempotent. */
export function signOutRoute(pool: Pool, cookie: SessionCookie): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/api/session',
    summary: 'Sign out. Idempotent.',
    access: 'site',
    responses: { 204: { description: 'There is no session any more.', body: { kind: 'empty' }, setsCookie: true } },
    errors: [],
    handle: async ({ cookieHeader }) => {
      const token = cookie.read(cookieHeader);
      if (token !== undefined) await closeSession(pool, hashSecretToken(token));
      return { status: 204, cookie: cookie.clear() };
    },
  });
}
