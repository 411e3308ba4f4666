import { isPostgresError, sqlState, type Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { AccountEvents } from '../events.ts';
import type { Conversation } from './conversation.ts';
import { decodeMessageBody, type MessageBody } from './message-body.ts';
import { recordField, type Sealer } from './sealer.ts';

/** Most messages of one conversation. */
export const messagesMax = 10_000;

/** A message as it is stored. */
export interface StoredMessage {
  readonly id: string;
  readonly parentId: string | null;
  readonly position: number;
  readonly sealedBody: Buffer;
}

/** A message that was opened and is where it belongs. */
export interface OpenedMessage extends MessageBody {
  readonly id: string;
}

interface MessageRow {
  id: string;
  parent_id: string | null;
  position: number;
  body: Buffer;
}

/** What bounds a page: a count, and the bytes of the sealed bodies (one message is always given). */
export interface PageBounds {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

/** Messages after a position, oldest first; -1 = from the start. */
export async function readMessagesAfter(db: Queryable, conversationId: string, afterPosition: number, bounds: PageBounds): Promise<StoredMessage[]> {
  const { rows } = await db.query<MessageRow>(
    `SELECT id, parent_id, position, body FROM (
       SELECT *, sum(length(body)) OVER (ORDER BY position) - length(body) AS bytes_before
       FROM (SELECT id, parent_id, position, body FROM account.message
             WHERE conversation_id = $1 AND position > $2 ORDER BY position LIMIT $3) AS page
     ) AS summed WHERE bytes_before < $4 ORDER BY position`,
    [conversationId, afterPosition, bounds.messagesMax, bounds.bytesMax],
  );
  return rows.map(toStored);
}

/** Opens messages of one conversation; undefined for each that was refused or is not where its body says. */
export async function openMessages(
  sealer: Sealer,
  events: AccountEvents,
  accountId: string,
  conversationId: string,
  stored: readonly StoredMessage[],
): Promise<(OpenedMessage | undefined)[]> {
  const plaintexts = await sealer.open(
    accountId,
    stored.map(({ id, sealedBody }) => ({ conversationId, messageId: id, field: recordField.message, sealedBody })),
  );
  const opened = stored.map((message, index) => {
    const plaintext = plaintexts[index];
    const body = plaintext && decodeMessageBody(plaintext, message);
    return body && { id: message.id, ...body };
  });
  const refused = opened.filter((message) => message === undefined).length;
  if (refused > 0) events.recordRefused('message', refused);
  return opened;
}

/** All of them, or `record_refused` when one does not open: a changed conversation is never shown as if it were whole. */
export async function openAllMessages(...args: Parameters<typeof openMessages>): Promise<OpenedMessage[]> {
  const opened = await openMessages(...args);
  return opened.map((message) => {
    if (!message) throw new TacetError('record_refused');
    return message;
  });
}

/**
 * Where the next message of a person goes: even positions are theirs, an odd one is that of an answer. It follows
 * `parentId`; null: it begins the conversation anew; undefined: it follows the newest. Throws `field_invalid` when there
 * is no such message, `conflict` when there are too many.
 */
export async function nextPlace(
  db: Queryable,
  conversationId: string,
  parentId?: string | null,
): Promise<{ readonly parentId: string | null; readonly position: number }> {
  const { rows } = await db.query<{ id: string; position: number }>(
    'SELECT id, position FROM account.message WHERE conversation_id = $1 ORDER BY position DESC LIMIT 1',
    [conversationId],
  );
  const [last] = rows;
  const position = last ? (last.position | 1) + 1 : 0;
  if (position + 1 >= messagesMax) throw new TacetError('conflict', { message: `A conversation has at most ${messagesMax} messages.` });
  if (parentId === undefined) return { parentId: last?.id ?? null, position };
  if (parentId !== null && !(await findMessage(db, conversationId, parentId)))
    throw new TacetError('field_invalid', { param: 'parent_id', message: 'parent_id is no message of this conversation.' });
  return { parentId, position };
}

/** A message of a conversation; undefined when it has no such one. */
export async function findMessage(db: Queryable, conversationId: string, id: string): Promise<StoredMessage | undefined> {
  const { rows } = await db.query<MessageRow>('SELECT id, parent_id, position, body FROM account.message WHERE id = $1 AND conversation_id = $2', [
    id,
    conversationId,
  ]);
  return rows[0] && toStored(rows[0]);
}

/** A message and those that it follows, newest first, within the bounds (one message is always given). */
export async function readBranch(db: Queryable, conversationId: string, id: string, { messagesMax: most, bytesMax }: PageBounds): Promise<StoredMessage[]> {
  const { rows } = await db.query<MessageRow>(
    `WITH RECURSIVE branch AS (
       SELECT id, parent_id, position, body, 1 AS n, length(body)::bigint AS bytes FROM account.message WHERE id = $1 AND conversation_id = $2
       UNION ALL
       SELECT m.id, m.parent_id, m.position, m.body, n + 1, bytes + length(m.body) FROM branch JOIN account.message AS m ON m.id = branch.parent_id
       WHERE m.conversation_id = $2 AND m.position < branch.position AND n < $3 AND bytes + length(m.body) <= $4
     ) SELECT id, parent_id, position, body FROM branch ORDER BY position DESC`,
    [id, conversationId, most, bytesMax],
  );
  return rows.map(toStored);
}

function toStored(row: MessageRow): StoredMessage {
  return { id: row.id, parentId: row.parent_id, position: row.position, sealedBody: row.body };
}

/**
 * Stores a sealed message, unless the conversation has changed since `conversation` was read: then false, and the
 * body must be sealed again for what it has become. Throws `conflict` when the place is taken.
 */
export async function insertMessage(db: Queryable, conversation: Conversation, message: StoredMessage, nowMs: number): Promise<boolean> {
  try {
    // FOR SHARE: a conversation that is being marked ephemeral, or deleted, waits or makes this wait.
    const { rowCount } = await db.query(
      `INSERT INTO account.message (id, conversation_id, parent_id, position, body)
       SELECT $1, id, $2, $3, $4 FROM account.conversation
       WHERE id = $5 AND account_id = $6 AND expires_at IS NOT DISTINCT FROM $7 AND (expires_at IS NULL OR expires_at > $8) FOR SHARE`,
      [
        message.id,
        message.parentId,
        message.position,
        message.sealedBody,
        conversation.id,
        conversation.accountId,
        conversation.expiresAtMs === undefined ? null : new Date(conversation.expiresAtMs),
        new Date(nowMs),
      ],
    );
    return rowCount === 1;
  } catch (error) {
    if (isPostgresError(error, sqlState.uniqueViolation))
      throw new TacetError('conflict', { message: 'Another message came into the conversation at the same time.' });
    throw error;
  }
}
