import { z } from 'zod';
import { recentMs } from '../../sessions/sessions.ts';
import { accountResource, toAccountResource } from '../resources/account-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/session`: who is signed in. */
export function getSessionRoute(): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/session',
    summary: 'Who is signed in, and until when exports, deletion and new keys need no further sign-in.',
    access: 'session',
    responses: {
      200: {
        description: 'The session.',
        body: {
          kind: 'json',
          schema: z.strictObject({ account: accountResource, authenticated_at: z.iso.datetime(), recent_until: z.iso.datetime() }),
        },
      },
    },
    errors: [],
    handle: async ({ session }) => {
      const iso = (ms: number) => new Date(ms).toISOString();
      return {
        status: 200,
        body: {
          account: toAccountResource(session.account),
          authenticated_at: iso(session.authenticatedAtMs),
          recent_until: iso(session.authenticatedAtMs + recentMs),
        },
      };
    },
  });
}
