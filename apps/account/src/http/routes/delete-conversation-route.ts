import type { Pool } from '@tacet/database';
import { deleteConversation } from '../../conversations/change-conversation.ts';
import { idParamsSchema } from '../id-params.ts';
import { defineRoute, type Route } from '../route.ts';

/** `DELETE /api/conversations/{id}`: gone at once, with its messages; there is no bin. */
export function deleteConversationRoute(pool: Pool): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/api/conversations/{id}',
    summary: 'Delete a conversation with all of its messages, at once and for good.',
    access: 'session',
    params: idParamsSchema,
    responses: { 204: { description: 'It is gone.', body: { kind: 'empty' } } },
    errors: ['not_found'],
    handle: async ({ params, session }) => {
      await deleteConversation(pool, session.account.accountId, params.id);
      return { status: 204 };
    },
  });
}
