import type { Pool } from '@tacet/database';
import { z } from 'zod';
import { resetPassword } from '../../accounts/reset-password.ts';
import type { Clock } from '../../clock.ts';
import type { PasswordHasher } from '../../passwords/password-hasher.ts';
import { newPasswordSchema } from '../../passwords/password-rules.ts';
import { throttleRules, type Throttle } from '../../passwords/throttle.ts';
import { answerSignedIn, mailedTokenSchema, signedInResponse } from '../answer-signed-in.ts';
import { defineRoute, type Route } from '../route.ts';
import type { SessionCookie } from '../session-cookie.ts';

/** `POST /api/reset/confirm`: what the page behind a reset's link does. */
export function confirmResetRoute(pool: Pool, clock: Clock, hasher: PasswordHasher, throttle: Throttle, cookie: SessionCookie): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/reset/confirm',
    summary: 'Set a new password with the token of a mailed link, end all sessions, and sign in. Works once, within 15 minutes.',
    access: 'site',
    body: z.strictObject({ token: mailedTokenSchema, password: newPasswordSchema }),
    responses: { 200: signedInResponse },
    errors: ['rate_limited', 'overloaded'],
    handle: async ({ body, network }) => {
      await throttle.spend(pool, throttleRules.tokenByNetwork, network, clock());
      return answerSignedIn(pool, cookie, await resetPassword(pool, hasher, body.token, body.password, clock()));
    },
  });
}
