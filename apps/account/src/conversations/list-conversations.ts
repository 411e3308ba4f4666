import type { Queryable } from '@tacet/database';
import { conversationColumns, toConversation, type Conversation, type ConversationRow } from './conversation.ts';

/** One page and the id before which the next begins; undefined when this was the last. */
export interface ConversationPage {
  readonly conversations: readonly Conversation[];
  readonly next: string | undefined;
}

const greatestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Exported for the test that looks at its plan. */
export const listConversationsSql = `SELECT ${conversationColumns} FROM account.conversation
  WHERE account_id = $1 AND id < $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY account_id DESC, id DESC LIMIT $4`;

/** The living conversations of an account, newest first: those whose id is less than `before`. */
export async function listConversations(
  db: Queryable,
  accountId: string,
  nowMs: number,
  { before = greatestId, pageSize }: { readonly before?: string | undefined; readonly pageSize: number },
): Promise<ConversationPage> {
  const { rows } = await db.query<ConversationRow>(listConversationsSql, [accountId, before, new Date(nowMs), pageSize + 1]);
  const conversations = rows.slice(0, pageSize).map(toConversation);
  return { conversations, next: rows.length > pageSize ? conversations.at(-1)?.id : undefined };
}
