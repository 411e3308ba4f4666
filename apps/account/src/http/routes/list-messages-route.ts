import type { Pool } from '@tacet/database';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { findConversation } from '../../conversations/conversation.ts';
import { openAllMessages, readMessagesAfter } from '../../conversations/messages.ts';
import type { Sealer } from '../../conversations/sealer.ts';
import type { AccountEvents } from '../../events.ts';
import { cursorSchema, decodeCursor, encodeCursor, limitSchema } from '../cursor.ts';
import { idParamsSchema } from '../id-params.ts';
import { messageResource, toMessageResource } from '../resources/message-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** A page ends, whatever its limit, when its sealed messages exceed this. */
export const messagePageBytesMax = 4 * 1_048_576;

/** `GET /api/conversations/{id}/messages`: oldest first. */
export function listMessagesRoute(pool: Pool, sealer: Sealer, clock: Clock, events: AccountEvents): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/conversations/{id}/messages',
    summary: 'The messages of a conversation, oldest first. If one does not open, none is shown: somebody changed the conversation.',
    access: 'session',
    params: idParamsSchema,
    query: z.strictObject({ cursor: cursorSchema, limit: limitSchema }),
    responses: {
      200: {
        description: 'A page; large messages make it shorter than its limit.',
        body: { kind: 'json', schema: z.strictObject({ data: z.array(messageResource), next_cursor: z.string().nullable() }) },
      },
    },
    errors: ['not_found', 'conversation_expired', 'record_refused', 'kek_disabled', 'unavailable'],
    handle: async ({ params, query, session }) => {
      const { accountId } = session.account;
      const after = decodeCursor(z.int().min(0), query.cursor) ?? -1;
      const conversation = await findConversation(pool, accountId, params.id, clock());
      const stored = await readMessagesAfter(pool, conversation.id, after, { messagesMax: query.limit, bytesMax: messagePageBytesMax });
      const messages = await openAllMessages(sealer, events, accountId, conversation.id, stored);
      const last = messages.at(-1);
      const more =
        last !== undefined && (await readMessagesAfter(pool, conversation.id, last.position, { messagesMax: 1, bytesMax: 1 })).length > 0;
      return { status: 200, body: { data: messages.map(toMessageResource), next_cursor: more ? encodeCursor(last.position) : null } };
    },
  });
}
