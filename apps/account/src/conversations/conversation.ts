import type { Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';

/** An ephemeral conversation lives this long after its creation or marking; it is never extended. */
export const ephemeralMs = 24 * 3_600_000;
/** Length of an epoch (sealed-records: Ephemeral epochs). */
const epochMs = 300_000;

/** A conversation as it is stored: its title is sealed. */
export interface Conversation {
  readonly id: string;
  readonly accountId: string;
  /** Undefined for a durable one. */
  readonly expiresAtMs: number | undefined;
  readonly modelId: string;
  readonly sealedTitle: Buffer | undefined;
  readonly createdAtMs: number;
}

export interface ConversationRow {
  id: string;
  account_id: string;
  expires_at: Date | null;
  model_id: string;
  title: Buffer | null;
  created_at: Date;
}

/** The columns of `ConversationRow`. */
export const conversationColumns = 'id, account_id, expires_at, model_id, title, created_at';

/** A conversation out of its row. */
export function toConversation(row: ConversationRow): Conversation {
  return {
    id: row.id,
    accountId: row.account_id,
    expiresAtMs: row.expires_at?.getTime(),
    modelId: row.model_id,
    sealedTitle: row.title ?? undefined,
    createdAtMs: row.created_at.getTime(),
  };
}

/** The epoch whose secret the records of a conversation need. */
export function epochOf(expiresAtMs: number): number {
  return Math.floor(expiresAtMs / epochMs);
}

/** A conversation of an account. Throws `not_found`, also for another's, and `conversation_expired` from its expiry on. */
export async function findConversation(db: Queryable, accountId: string, id: string, nowMs: number): Promise<Conversation> {
  const { rows } = await db.query<ConversationRow>(
    `SELECT ${conversationColumns} FROM account.conversation WHERE id = $1 AND account_id = $2`,
    [id, accountId],
  );
  const [row] = rows;
  if (!row) throw new TacetError('not_found');
  const conversation = toConversation(row);
  if (conversation.expiresAtMs !== undefined && conversation.expiresAtMs <= nowMs) throw new TacetError('conversation_expired');
  return conversation;
}
