import type { Pool } from '@tacet/database';
import type { Clock } from '../clock.ts';
import { runEach } from '../run-each.ts';
import { conversationColumns, toConversation, type Conversation, type ConversationRow } from './conversation.ts';
import { recordField, type Sealer, type SealedRecord } from './sealer.ts';

/** Suite of a durable record, the second byte of its header. */
const durableSuite = 0x01;
const batchMessages = 100;
const batchBytes = 2 * 1_048_576;
const sweepMax = 20;

/**
 * Seals the durable records of a conversation that was marked ephemeral again, bound to its epoch, so that they
 * too become unreadable with it. Idempotent; what does not open is left for its reader to find.
 */
export async function resealConversation(pool: Pool, sealer: Sealer, conversation: Conversation): Promise<void> {
  const { id, accountId, expiresAtMs, sealedTitle } = conversation;
  if (expiresAtMs === undefined) return;
  for (let after = -1; ;) {
    const { rows } = await pool.query<{ id: string; position: number; body: Buffer }>(
      `SELECT id, position, body FROM (
         SELECT *, sum(length(body)) OVER (ORDER BY position) - length(body) AS bytes_before
         FROM (SELECT id, position, body FROM account.message
               WHERE conversation_id = $1 AND position > $2 AND get_byte(body, 1) = $3 ORDER BY position LIMIT $4) AS page
       ) AS summed WHERE bytes_before < $5 ORDER BY position`,
      [id, after, durableSuite, batchMessages, batchBytes],
    );
    const last = rows.at(-1);
    if (!last) break;
    const records = rows.map((row) => ({ conversationId: id, messageId: row.id, field: recordField.message, sealedBody: row.body }));
    await resealRecords(pool, sealer, accountId, expiresAtMs, records, 'UPDATE account.message SET body = $2 WHERE id = $1 AND body = $3');
    after = last.position;
  }
  if (sealedTitle?.[1] === durableSuite) {
    const title = [{ conversationId: id, field: recordField.title, sealedBody: sealedTitle }];
    await resealRecords(
      pool,
      sealer,
      accountId,
      expiresAtMs,
      title,
      'UPDATE account.conversation SET title = $2 WHERE id = $1 AND title = $3',
    );
  }
  await pool.query('UPDATE account.conversation SET reseal_pending = false WHERE id = $1 AND expires_at = $2', [id, new Date(expiresAtMs)]);
}

async function resealRecords(
  pool: Pool,
  sealer: Sealer,
  accountId: string,
  expiresAtMs: number,
  records: readonly SealedRecord[],
  update: string,
): Promise<void> {
  const plaintexts = await sealer.open(accountId, records);
  const opened = records.flatMap((record, index) => {
    const plaintextBody = plaintexts[index];
    return plaintextBody ? [{ ...record, plaintextBody }] : [];
  });
  const sealed = await sealer.seal(accountId, expiresAtMs, opened);
  for (const [index, { conversationId, messageId, sealedBody }] of opened.entries()) {
    await pool.query(update, [messageId ?? conversationId, sealed[index], sealedBody]);
  }
}

/** Finishes what a crash left durable. */
export async function finishReseals(pool: Pool, sealer: Sealer, clock: Clock, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<ConversationRow>(
    `SELECT ${conversationColumns} FROM account.conversation WHERE reseal_pending AND expires_at > $1 ORDER BY id LIMIT $2`,
    [new Date(clock()), sweepMax],
  );
  await runEach(rows, signal, (row) => resealConversation(pool, sealer, toConversation(row)));
}
