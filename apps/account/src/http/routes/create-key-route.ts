import type { Pool } from '@tacet/database';
import type { Clock } from '../../clock.ts';
import { createKey } from '../../keys/create-key.ts';
import { keySettingsSchema } from '../../keys/key-settings.ts';
import { throttleRules, type Throttle } from '../../passwords/throttle.ts';
import { createdKeyResource, toKeyResource } from '../resources/key-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `POST /api/keys`: makes a key; the answer is the one place where it is ever shown. */
export function createKeyRoute(pool: Pool, clock: Clock, throttle: Throttle, checkSecret: Uint8Array): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/keys',
    summary: 'Make an API key. The key itself is in this answer and nowhere else. Needs a recent sign-in.',
    access: 'recent',
    body: keySettingsSchema,
    responses: { 201: { description: 'The key, shown once.', body: { kind: 'json', schema: createdKeyResource } } },
    errors: ['account_suspended', 'conflict', 'rate_limited'],
    handle: async ({ body, session }) => {
      const { accountId, allKeysNoLog } = session.account;
      await throttle.spend(pool, throttleRules.keysByAccount, accountId, clock());
      const { key, plaintextKey } = await createKey(pool, checkSecret, accountId, body, clock());
      return { status: 201, body: { ...toKeyResource(key, allKeysNoLog), key: plaintextKey } };
    },
  });
}
