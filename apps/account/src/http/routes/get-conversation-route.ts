import type { Pool } from '@tacet/database';
import type { Clock } from '../../clock.ts';
import { findConversation } from '../../conversations/conversation.ts';
import type { Sealer } from '../../conversations/sealer.ts';
import { openTitles } from '../../conversations/titles.ts';
import type { AccountEvents } from '../../events.ts';
import { idParamsSchema } from '../id-params.ts';
import { conversationResource, toConversationResource } from '../resources/conversation-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/conversations/{id}`. */
export function getConversationRoute(pool: Pool, sealer: Sealer, clock: Clock, events: AccountEvents): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/conversations/{id}',
    summary: 'One conversation.',
    access: 'session',
    params: idParamsSchema,
    responses: { 200: { description: 'The conversation.', body: { kind: 'json', schema: conversationResource } } },
    errors: ['not_found', 'conversation_expired', 'kek_disabled', 'unavailable'],
    handle: async ({ params, session }) => {
      const { accountId } = session.account;
      const conversation = await findConversation(pool, accountId, params.id, clock());
      const [titled] = await openTitles(sealer, events, accountId, [conversation]);
      return { status: 200, body: toConversationResource(titled ?? { conversation, title: undefined, titleRefused: false }) };
    },
  });
}
