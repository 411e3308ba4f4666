import type { Queryable } from '@tacet/database';
import type { Conversation } from '../conversations/conversation.ts';
import { openAllMessages, readMessagesBefore, type OpenedMessage, type StoredMessage } from '../conversations/messages.ts';
import type { Sealer } from '../conversations/sealer.ts';
import type { AccountEvents } from '../events.ts';
import type { ChatMessage } from './edge-client.ts';

/** How much of a conversation the model is shown again with each message: its newest part. */
export const historyMessagesMax = 400;
export const historyBytesMax = 262_144;

/**
 * The part of a conversation that goes before a new message at `position`: whole turns, oldest first. A message
 * that never got an answer is left out, since it is usually asked again. Throws `record_refused`.
 */
export async function readHistory(
  db: Queryable,
  sealer: Sealer,
  events: AccountEvents,
  conversation: Conversation,
  position: number,
): Promise<ChatMessage[]> {
  const stored = await readMessagesBefore(db, conversation.id, position, { messagesMax: historyMessagesMax, bytesMax: historyBytesMax });
  const opened = await openAllMessages(sealer, events, conversation.accountId, conversation.id, withinBytes(stored).toReversed());
  return wholeTurns(opened).map(({ role, plaintextContent }) => ({ role, plaintextContent }));
}

/** The first of them that together stay within the bound: a page goes one message beyond it. */
function withinBytes(messages: readonly StoredMessage[]): StoredMessage[] {
  let bytes = 0;
  return messages.filter(({ sealedBody }) => (bytes += sealedBody.length) <= historyBytesMax);
}

/** Questions with their answers; what stands alone (no answer, or cut off by the bounds) is dropped. */
export function wholeTurns<M extends Pick<OpenedMessage, 'role' | 'position'>>(messages: readonly M[]): M[] {
  return messages.flatMap((message, index) => {
    const answer = messages[index + 1];
    return message.role === 'user' && answer?.role === 'assistant' && answer.position === message.position + 1 ? [message, answer] : [];
  });
}
