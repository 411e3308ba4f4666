import type { Connection } from '@tacet/database';
import type { Deletion, RemovedCounts, StepOutcome } from './deletion.ts';

/** How much one transaction removes, so that none is long. */
const conversationsBatch = 50;
const messagesBatch = 5_000;
const keysBatch = 10_000;

/**
 * Removes one batch of the account's rows, children first, and says whether anything is left. A test holds it to the
 * catalogue: every table with rows of an account must be empty of them at the end.
 */
export async function removeRows(connection: Connection, { accountId }: Deletion): Promise<StepOutcome> {
  const batch = (await removeConversations(connection, accountId)) ?? (await removeKeys(connection, accountId));
  return batch ? { done: false, removed: batch } : { done: true, removed: await removeAccount(connection, accountId) };
}

/** Undefined when there is none left. */
async function removeConversations(connection: Connection, accountId: string): Promise<RemovedCounts | undefined> {
  const { rows } = await connection.query<{ id: string }>(
    'SELECT id FROM account.conversation WHERE account_id = $1 ORDER BY account_id, id LIMIT $2',
    [accountId, conversationsBatch],
  );
  if (rows.length === 0) return undefined;
  const ids = rows.map(({ id }) => id);
  const messages = await count(
    connection,
    'DELETE FROM account.message WHERE id IN (SELECT id FROM account.message WHERE conversation_id = ANY ($1) LIMIT $2)',
    [ids, messagesBatch],
  );
  if (messages === messagesBatch) return { messages };
  return { messages, conversations: await count(connection, 'DELETE FROM account.conversation WHERE id = ANY ($1)', [ids]) };
}

/** Undefined when there is none left. */
async function removeKeys(connection: Connection, accountId: string): Promise<RemovedCounts | undefined> {
  const { rows } = await connection.query<{ key_id: string }>(
    'SELECT key_id FROM account.api_key WHERE account_id = $1 ORDER BY account_id, key_id LIMIT $2',
    [accountId, keysBatch],
  );
  if (rows.length === 0) return undefined;
  const ids = rows.map(({ key_id: keyId }) => keyId);
  // The marks stay, without the ids: who missed them drops everything.
  await connection.query('UPDATE account.key_revision SET key_id = NULL WHERE key_id = ANY ($1)', [ids]);
  return { api_keys: await count(connection, 'DELETE FROM account.api_key WHERE key_id = ANY ($1)', [ids]) };
}

async function removeAccount(connection: Connection, accountId: string): Promise<RemovedCounts> {
  await connection.query('UPDATE account.key_revision SET account_id = NULL WHERE account_id = $1', [accountId]);
  return {
    sessions: await count(connection, 'DELETE FROM account.session WHERE account_id = $1', [accountId]),
    email_tokens: await count(connection, 'DELETE FROM account.email_token WHERE account_id = $1', [accountId]),
    accounts: await count(connection, 'DELETE FROM account.account WHERE account_id = $1', [accountId]),
  };
}

async function count(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<number> {
  const { rowCount } = await connection.query(sql, [...parameters]);
  return rowCount ?? 0;
}
