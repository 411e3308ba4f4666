import { TacetError } from '@tacet/errors';
import { z } from 'zod';
import { emailSchema } from '../../accounts/email.ts';
import { signUp, type SignUpDependencies } from '../../accounts/sign-up.ts';
import { newPasswordSchema } from '../../passwords/password-rules.ts';
import { throttleRules, type Throttle } from '../../passwords/throttle.ts';
import { defineRoute, type Route } from '../route.ts';

/** `POST /api/signup`: the same answer for every address; what happened is told by mail alone. */
export function signUpRoute(dependencies: SignUpDependencies, throttle: Throttle): Route {
  const { pool, clock, mode } = dependencies;
  return defineRoute({
    method: 'POST',
    path: '/api/signup',
    summary: 'Ask for an account. A mail with a link follows, or one that says why not; the answer is the same for all.',
    access: 'site',
    body: z.strictObject({ email: emailSchema, password: newPasswordSchema }),
    responses: {
      202: { description: 'Look into the mailbox.', body: { kind: 'json', schema: z.strictObject({ status: z.literal('accepted') }) } },
    },
    errors: ['signup_closed', 'rate_limited', 'overloaded'],
    handle: async ({ body, network }) => {
      if (mode === 'closed') throw new TacetError('signup_closed');
      await throttle.spend(pool, throttleRules.mailByNetwork, network, clock());
      await throttle.spend(pool, throttleRules.mailByAddress, body.email, clock());
      await signUp(dependencies, body.email, body.password);
      return { status: 202, body: { status: 'accepted' } };
    },
  });
}
