import { z } from 'zod';
import { checkPassword, type SignInDependencies } from '../../accounts/sign-in.ts';
import type { Clock } from '../../clock.ts';
import { passwordSchema } from '../../passwords/password-rules.ts';
import { reauthenticateSession } from '../../sessions/sessions.ts';
import { defineRoute, type Route } from '../route.ts';

/** `POST /api/session/reauthenticate`: the password again, for what needs a recent sign-in. */
export function reauthenticateRoute(dependencies: SignInDependencies, clock: Clock): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/session/reauthenticate',
    summary: 'Give the password again: exports, deletion and new keys need a sign-in within the last 10 minutes.',
    access: 'session',
    body: z.strictObject({ password: passwordSchema }),
    responses: { 204: { description: 'The session counts as freshly signed in.', body: { kind: 'empty' } } },
    errors: ['sign_in_failed', 'rate_limited', 'overloaded'],
    handle: async ({ body, session }) => {
      await checkPassword(dependencies, session.account.accountId, body.password, clock());
      await reauthenticateSession(dependencies.pool, session.hash, clock());
      return { status: 204 };
    },
  });
}
