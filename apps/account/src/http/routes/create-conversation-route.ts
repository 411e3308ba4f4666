import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { z } from 'zod';
import { openAccount, type OpenAccountDependencies } from '../../accounts/open-account.ts';
import type { Clock } from '../../clock.ts';
import { createConversation } from '../../conversations/create-conversation.ts';
import type { Sealer } from '../../conversations/sealer.ts';
import { titleCharactersMax } from '../../conversations/titles.ts';
import { lineSchema, modelIdSchema } from '../../keys/key-settings.ts';
import { peerError } from '../../peers.ts';
import { conversationResource, toConversationResource } from '../resources/conversation-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `POST /api/conversations`: begins one; ephemeral if it says so, or says nothing and the account's default is so. */
export function createConversationRoute(pool: Pool, sealer: Sealer, clock: Clock, opening: OpenAccountDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/conversations',
    summary: 'Begin a conversation. An ephemeral one ends 24 hours later, for good; its chats are no-log.',
    access: 'session',
    body: z.strictObject({
      model: modelIdSchema,
      title: lineSchema(titleCharactersMax).nullable().default(null),
      ephemeral: z.boolean().optional(),
    }),
    responses: { 201: { description: 'The conversation.', body: { kind: 'json', schema: conversationResource } } },
    errors: ['account_suspended', 'conflict', 'kek_disabled', 'unavailable'],
    handle: async ({ body, session }) => {
      const { accountId, status, ephemeralByDefault } = session.account;
      if (status === 'suspended') throw new TacetError('account_suspended');
      // Its key may not be made yet when key-service was away at the sign-up.
      if (status === 'opening') await openAccount(opening, accountId).catch((error: unknown) => Promise.reject(peerError(error)));
      const { model, title, ephemeral = ephemeralByDefault } = body;
      const conversation = await createConversation(
        pool,
        sealer,
        accountId,
        { modelId: model, plaintextTitle: title ?? undefined, ephemeral },
        clock(),
      );
      return {
        status: 201,
        body: toConversationResource({
          conversation,
          title: title === null ? undefined : { plaintextTitle: title, revision: 1 },
          titleRefused: false,
        }),
      };
    },
  });
}
