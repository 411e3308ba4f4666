import type { Pool } from '@tacet/database';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { listConversations } from '../../conversations/list-conversations.ts';
import type { Sealer } from '../../conversations/sealer.ts';
import { openTitles } from '../../conversations/titles.ts';
import type { AccountEvents } from '../../events.ts';
import { cursorSchema, decodeCursor, encodeCursor, limitSchema } from '../cursor.ts';
import { conversationResource, toConversationResource } from '../resources/conversation-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/conversations`: newest first. */
export function listConversationsRoute(pool: Pool, sealer: Sealer, clock: Clock, events: AccountEvents): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/conversations',
    summary: 'The conversations of the account, newest first, without those that have expired.',
    access: 'session',
    query: z.strictObject({ cursor: cursorSchema, limit: limitSchema }),
    responses: {
      200: {
        description: 'A page.',
        body: { kind: 'json', schema: z.strictObject({ data: z.array(conversationResource), next_cursor: z.string().nullable() }) },
      },
    },
    errors: ['kek_disabled', 'unavailable'],
    handle: async ({ query, session }) => {
      const { accountId } = session.account;
      const { conversations, next } = await listConversations(pool, accountId, clock(), {
        before: decodeCursor(z.uuid(), query.cursor),
        pageSize: query.limit,
      });
      const titled = await openTitles(sealer, events, accountId, conversations);
      return {
        status: 200,
        body: { data: titled.map(toConversationResource), next_cursor: next === undefined ? null : encodeCursor(next) },
      };
    },
  });
}
