import type { Pool } from '@tacet/database';
import { z } from 'zod';
import { verifyEmail } from '../../accounts/verify-email.ts';
import type { Clock } from '../../clock.ts';
import { throttleRules, type Throttle } from '../../passwords/throttle.ts';
import { answerSignedIn, mailedTokenSchema, signedInResponse } from '../answer-signed-in.ts';
import { defineRoute, type Route } from '../route.ts';
import type { SessionCookie } from '../session-cookie.ts';

/** `POST /api/verify`: what the page behind a sign-up's link does. */
export function verifyRoute(pool: Pool, clock: Clock, throttle: Throttle, cookie: SessionCookie): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/verify',
    summary: 'Confirm an address with the token of a mailed link, and sign in. Works once, within 15 minutes.',
    access: 'site',
    body: z.strictObject({ token: mailedTokenSchema }),
    responses: { 200: signedInResponse },
    errors: ['rate_limited'],
    handle: async ({ body, network }) => {
      await throttle.spend(pool, throttleRules.tokenByNetwork, network, clock());
      return answerSignedIn(pool, cookie, await verifyEmail(pool, body.token, clock()));
    },
  });
}
