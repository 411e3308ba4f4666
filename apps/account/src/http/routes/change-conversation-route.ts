import type { Pool } from '@tacet/database';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { changeModel, markEphemeral, renameConversation } from '../../conversations/change-conversation.ts';
import { findConversation } from '../../conversations/conversation.ts';
import { resealConversation } from '../../conversations/reseal-conversation.ts';
import type { Sealer } from '../../conversations/sealer.ts';
import { openTitles, titleCharactersMax } from '../../conversations/titles.ts';
import type { AccountEvents } from '../../events.ts';
import { lineSchema, modelIdSchema } from '../../keys/key-settings.ts';
import { idParamsSchema } from '../id-params.ts';
import { conversationResource, toConversationResource } from '../resources/conversation-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** What marking cannot undo. */
const backupsNotice =
  'What was written before this moment is sealed again and ends in 24 hours with the conversation. Backups of the database that were taken ' +
  'before keep it as it was, sealed with the key of your account, until those backups expire.';

/** `PATCH /api/conversations/{id}`: title, model, and the mark that makes it ephemeral, which is never taken back. */
export function changeConversationRoute(pool: Pool, sealer: Sealer, clock: Clock, events: AccountEvents): Route {
  return defineRoute({
    method: 'PATCH',
    path: '/api/conversations/{id}',
    summary:
      'Change title or model, or mark the conversation ephemeral: it then ends 24 hours later, and its records are sealed ' +
      'again for that. The mark is never taken back. `notice` says then what backups still hold.',
    access: 'session',
    params: idParamsSchema,
    body: z.strictObject({
      model: modelIdSchema.optional(),
      title: lineSchema(titleCharactersMax).nullable().optional(),
      ephemeral: z.literal(true).optional(),
    }),
    responses: { 200: { description: 'The conversation as it is now.', body: { kind: 'json', schema: conversationResource.extend({ notice: z.string().nullable() }) } } },
    errors: ['not_found', 'conversation_expired', 'conflict', 'kek_disabled', 'unavailable'],
    handle: async ({ params, body, session }) => {
      const { accountId } = session.account;
      let conversation = await findConversation(pool, accountId, params.id, clock());
      if (body.model !== undefined) await changeModel(pool, accountId, params.id, body.model);
      // Marking again finishes what a crash left durable.
      if (body.ephemeral) await resealConversation(pool, sealer, await markEphemeral(pool, accountId, params.id, clock()));
      conversation = await findConversation(pool, accountId, params.id, clock());
      if (body.title !== undefined) {
        const [former] = await openTitles(sealer, events, accountId, [conversation]);
        conversation = await renameConversation(pool, sealer, conversation, former?.title, body.title);
      }
      const [titled] = await openTitles(sealer, events, accountId, [conversation]);
      const resource = toConversationResource(titled ?? { conversation, title: undefined, titleRefused: false });
      return { status: 200, body: { ...resource, notice: body.ephemeral ? backupsNotice : null } };
    },
  });
}
