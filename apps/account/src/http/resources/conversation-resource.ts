import { z } from 'zod';
import type { TitledConversation } from '../../conversations/titles.ts';

/** A conversation as its owner sees it. */
export const conversationResource = z.strictObject({
  id: z.uuid(),
  model: z.string(),
  title: z.string().nullable(),
  /** The title was changed or moved by somebody else and does not open. */
  title_refused: z.boolean(),
  ephemeral: z.boolean(),
  expires_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
});
export type ConversationResource = z.output<typeof conversationResource>;

/** Makes the resource of a conversation whose title was opened. */
export function toConversationResource({ conversation, title, titleRefused }: TitledConversation): ConversationResource {
  const { id, modelId, expiresAtMs, createdAtMs } = conversation;
  return {
    id,
    model: modelId,
    title: title?.plaintextTitle ?? null,
    title_refused: titleRefused,
    ephemeral: expiresAtMs !== undefined,
    expires_at: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
    created_at: new Date(createdAtMs).toISOString(),
  };
}
