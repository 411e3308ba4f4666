import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Clock } from '../clock.ts';
import { findConversation } from './conversation.ts';
import { encodeMessageBody, type MessageBody } from './message-body.ts';
import { insertMessage } from './messages.ts';
import { recordField, type Sealer } from './sealer.ts';

const triesMax = 3;

/** Seals a message and stores it. Throws `not_found` or `conversation_expired` when the conversation is gone. */
export async function storeMessage(
  pool: Pool,
  sealer: Sealer,
  clock: Clock,
  accountId: string,
  conversationId: string,
  id: string,
  body: MessageBody,
): Promise<void> {
  const plaintextBody = encodeMessageBody(body);
  for (let tries = 1; tries <= triesMax; tries++) {
    const conversation = await findConversation(pool, accountId, conversationId, clock());
    const [sealedBody] = await sealer.seal(accountId, conversation.expiresAtMs, [
      { conversationId, messageId: id, field: recordField.message, plaintextBody },
    ]);
    if (!sealedBody) throw new Error('key-service sealed nothing');
    // False: it was marked ephemeral while this was sealed as durable, or has ended; look again.
    if (await insertMessage(pool, conversation, { id, parentId: body.parentId, position: body.position, sealedBody }, clock())) return;
  }
  throw new TacetError('conflict');
}
