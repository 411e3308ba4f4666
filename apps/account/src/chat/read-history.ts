import type { Queryable } from '@tacet/database';
import type { Conversation } from '../conversations/conversation.ts';
import { openAllMessages, readBranch, type OpenedMessage } from '../conversations/messages.ts';
import type { Sealer } from '../conversations/sealer.ts';
import type { AccountEvents } from '../events.ts';
import type { ChatMessage } from './edge-client.ts';

/** How much of a conversation the model is shown again with each message: the newest part of its branch. */
export const historyMessagesMax = 400;
export const historyBytesMax = 262_144;

/**
 * The branch that ends with the message `parentId`, as it goes before a new message: whole turns, oldest first. A
 * message that never got an answer is left out, since it is usually asked again. Throws `record_refused`.
 */
export async function readHistory(
  db: Queryable,
  sealer: Sealer,
  events: AccountEvents,
  conversation: Conversation,
  parentId: string | null,
): Promise<ChatMessage[]> {
  if (parentId === null) return [];
  const bounds = { messagesMax: historyMessagesMax, bytesMax: historyBytesMax };
  const stored = (await readBranch(db, conversation.id, parentId, bounds)).filter(({ sealedBody }) => sealedBody.length <= historyBytesMax);
  const opened = await openAllMessages(sealer, events, conversation.accountId, conversation.id, stored.toReversed());
  return wholeTurns(opened).map(({ role, plaintextContent }) => ({ role, plaintextContent }));
}

/** Questions with their answers; what stands alone (no answer, or cut off by the bounds) is dropped. */
export function wholeTurns<M extends Pick<OpenedMessage, 'id' | 'role' | 'parentId'>>(messages: readonly M[]): M[] {
  return messages.flatMap((message, index) => {
    const answer = messages[index + 1];
    return message.role === 'user' && answer?.role === 'assistant' && answer.parentId === message.id ? [message, answer] : [];
  });
}
