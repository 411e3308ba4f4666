import { z } from 'zod';
import { emailSchema } from '../../accounts/email.ts';
import { signIn, type SignInDependencies } from '../../accounts/sign-in.ts';
import type { Clock } from '../../clock.ts';
import { passwordSchema } from '../../passwords/password-rules.ts';
import { hashSecretToken } from '../../secret-token.ts';
import { closeSession } from '../../sessions/sessions.ts';
import { answerSignedIn, signedInResponse } from '../answer-signed-in.ts';
import { defineRoute, type Route } from '../route.ts';
import type { SessionCookie } from '../session-cookie.ts';

/** `POST /api/session`: signs in, and ends the session that the browser had before. */
export function signInRoute(dependencies: SignInDependencies, clock: Clock, cookie: SessionCookie): Route {
  const { pool } = dependencies;
  return defineRoute({
    method: 'POST',
    path: '/api/session',
    summary: 'Sign in. An unknown address, one that is not verified and a wrong password are answered alike.',
    access: 'site',
    body: z.strictObject({ email: emailSchema, password: passwordSchema }),
    responses: { 200: signedInResponse },
    errors: ['sign_in_failed', 'rate_limited', 'overloaded'],
    handle: async ({ body, network, cookieHeader }) => {
      const signedIn = await signIn(dependencies, { email: body.email, plaintextPassword: body.password, network }, clock());
      const former = cookie.read(cookieHeader);
      if (former !== undefined) await closeSession(pool, hashSecretToken(former));
      return answerSignedIn(pool, cookie, signedIn);
    },
  });
}
