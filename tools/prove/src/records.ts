import { parse } from 'uuid';
import type { World } from './world.ts';

/** A sealed record, as it lies in the database, and the place that it belongs to. */
export interface StoredRecord {
  readonly accountId: string;
  readonly conversationId: string;
  /** Undefined: a title. */
  readonly messageId: string | undefined;
  readonly sealed: Buffer;
}

/** All sealed records of one account, titles first. */
export async function readRecords(database: World['main'], accountId: string): Promise<StoredRecord[]> {
  const { rows } = await database.query<{ conversation: string; message: string | null; sealed: Buffer }>(
    `SELECT id AS conversation, NULL AS message, title AS sealed, -1 AS position FROM account.conversation WHERE account_id = $1 AND title IS NOT NULL
     UNION ALL SELECT conversation_id, m.id, body, position FROM account.message m JOIN account.conversation c ON c.id = m.conversation_id WHERE c.account_id = $1
     ORDER BY message NULLS FIRST`,
    [accountId],
  );
  return rows.map(({ conversation, message, sealed }) => ({ accountId, conversationId: conversation, messageId: message ?? undefined, sealed }));
}

const nowhere = Buffer.alloc(16);

/** Asks key-service to open records as they are; undefined for each that it refuses, and for all where it has no key at all. */
export async function openRecords(world: World, records: readonly StoredRecord[]): Promise<(Buffer | undefined)[]> {
  const [first] = records;
  if (!first) return [];
  const request = {
    accountId: Buffer.from(parse(first.accountId)),
    records: records.map(({ conversationId, messageId, sealed }) => ({
      context: { conversationId: Buffer.from(parse(conversationId)), messageId: messageId === undefined ? nowhere : Buffer.from(parse(messageId)), field: messageId === undefined ? 2 : 1, schema: 1 },
      record: sealed,
    })),
  };
  try {
    const answer = await world.seals.Open(request);
    return answer.records.map((record) => (record.result === 'plaintext' ? record.plaintext : undefined));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'dek_unknown') return records.map(() => undefined);
    throw error;
  }
}
