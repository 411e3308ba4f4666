import type { Pool } from '@tacet/database';
import type { Clock } from '../../clock.ts';
import { revokeKey } from '../../keys/revoke-key.ts';
import { idParamsSchema } from '../id-params.ts';
import { defineRoute, type Route } from '../route.ts';

/** `DELETE /api/keys/{id}`: revokes a key; idempotent. */
export function revokeKeyRoute(pool: Pool, clock: Clock): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/api/keys/{id}',
    summary: 'Revoke a key. Every edge refuses it and cuts its streams within a second. Idempotent.',
    access: 'session',
    params: idParamsSchema,
    responses: { 204: { description: 'The key is revoked.', body: { kind: 'empty' } } },
    errors: ['not_found'],
    handle: async ({ params, session }) => {
      await revokeKey(pool, { keyId: params.id, accountId: session.account.accountId }, clock());
      return { status: 204 };
    },
  });
}
