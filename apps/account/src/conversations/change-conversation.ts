import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import {
  conversationColumns,
  ephemeralMs,
  epochOf,
  findConversation,
  toConversation,
  type Conversation,
  type ConversationRow,
} from './conversation.ts';
import { encodeTitleBody, type TitleBody } from './message-body.ts';
import { recordField, type Sealer } from './sealer.ts';

/** Seals a new title and stores it. `former` is the present title, whose revision this one follows. */
export async function renameConversation(
  pool: Pool,
  sealer: Sealer,
  conversation: Conversation,
  former: TitleBody | undefined,
  plaintextTitle: string | null,
): Promise<Conversation> {
  const { id, accountId, expiresAtMs } = conversation;
  const [sealedTitle] =
    plaintextTitle === null
      ? []
      : await sealer.seal(accountId, expiresAtMs, [
          {
            conversationId: id,
            field: recordField.title,
            plaintextBody: encodeTitleBody({ plaintextTitle, revision: (former?.revision ?? 0) + 1 }),
          },
        ]);
  const { rows } = await pool.query<ConversationRow>(
    `UPDATE account.conversation SET title = $3
     WHERE id = $1 AND account_id = $2 AND expires_at IS NOT DISTINCT FROM $4 AND title IS NOT DISTINCT FROM $5
     RETURNING ${conversationColumns}`,
    [id, accountId, sealedTitle ?? null, expiresAtMs === undefined ? null : new Date(expiresAtMs), conversation.sealedTitle ?? null],
  );
  if (!rows[0]) throw new TacetError('conflict', { message: 'The conversation was changed at the same time.' });
  return toConversation(rows[0]);
}

/** Sets the model that the next answers come from. */
export async function changeModel(pool: Pool, accountId: string, id: string, modelId: string): Promise<void> {
  await pool.query('UPDATE account.conversation SET model_id = $3 WHERE id = $1 AND account_id = $2', [id, accountId, modelId]);
}

/**
 * Marks a durable conversation as ephemeral: it ends 24 h from now. What was sealed until then is sealed again
 * (`resealConversation`); an ephemeral one stays as it is. Returns the conversation as it then is.
 */
export async function markEphemeral(pool: Pool, accountId: string, id: string, nowMs: number): Promise<Conversation> {
  const expiresAtMs = nowMs + ephemeralMs;
  await pool.query(
    `UPDATE account.conversation SET ephemeral = true, expires_at = $3, epoch = $4, reseal_pending = true
     WHERE id = $1 AND account_id = $2 AND NOT ephemeral`,
    [id, accountId, new Date(expiresAtMs), epochOf(expiresAtMs)],
  );
  return findConversation(pool, accountId, id, nowMs);
}

/** Deletes a conversation with all of its messages. Throws `not_found`. */
export async function deleteConversation(pool: Pool, accountId: string, id: string): Promise<void> {
  const { rowCount } = await pool.query('DELETE FROM account.conversation WHERE id = $1 AND account_id = $2', [id, accountId]);
  if (rowCount === 0) throw new TacetError('not_found');
}
