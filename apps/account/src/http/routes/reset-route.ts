import { z } from 'zod';
import { emailSchema } from '../../accounts/email.ts';
import { requestReset, type ResetDependencies } from '../../accounts/reset-password.ts';
import { throttleRules, type Throttle } from '../../passwords/throttle.ts';
import { defineRoute, type Route } from '../route.ts';

/** `POST /api/reset`: the same answer for every address. */
export function resetRoute(dependencies: ResetDependencies, throttle: Throttle): Route {
  const { pool, clock } = dependencies;
  return defineRoute({
    method: 'POST',
    path: '/api/reset',
    summary: 'Ask for a link to set a new password. It is mailed if the address has an account; the answer is the same for all.',
    access: 'site',
    body: z.strictObject({ email: emailSchema }),
    responses: {
      202: { description: 'Look into the mailbox.', body: { kind: 'json', schema: z.strictObject({ status: z.literal('accepted') }) } },
    },
    errors: ['rate_limited'],
    handle: async ({ body, network }) => {
      await throttle.spend(pool, throttleRules.mailByNetwork, network, clock());
      await throttle.spend(pool, throttleRules.mailByAddress, body.email, clock());
      requestReset(dependencies, body.email);
      return { status: 202, body: { status: 'accepted' } };
    },
  });
}
