import { transaction, type Connection, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { lockLifecycle } from '../accounts/lock-lifecycle.ts';
import { dayMs, dayOf } from '../clock.ts';
import { recordRevision } from '../directory/record-revision.ts';
import type { AccountEvents } from '../events.ts';
import { runEach } from '../run-each.ts';
import { createSecretToken } from '../secret-token.ts';

/** Accounts whose address nobody verified are deleted after this many days. */
export const unverifiedDaysMax = 7;
const sweepMax = 50;

/**
 * Begins the deletion of an account: from this commit on it cannot be signed in to, its keys are refused (the edges
 * are told), and the saga runs to its end whatever crashes. Returns the one-time token of the receipt.
 */
export async function requestDeletion(pool: Pool, events: AccountEvents, accountId: string, nowMs: number): Promise<string> {
  const { plaintextToken, hash } = createSecretToken();
  await transaction(pool, async (connection) => {
    await lockLifecycle(connection, accountId);
    const { rowCount } = await connection.query(
      "UPDATE account.account SET status = 'deleting' WHERE account_id = $1 AND status <> 'deleting'",
      [accountId],
    );
    if (rowCount === 0) throw new TacetError('not_found');
    const removed = {
      sessions: await removeAll(connection, 'session', accountId),
      email_tokens: await removeAll(connection, 'email_token', accountId),
    };
    await connection.query(
      `INSERT INTO account.deletion (account_id, step, step_began_at, next_attempt_at, requested_at, receipt_hash, removed)
       VALUES ($1, 'shred', $2, $2, $2, $3, $4)`,
      [accountId, new Date(nowMs), hash, JSON.stringify(removed)],
    );
    await recordRevision(connection, { accountId });
  });
  events.deletionRequested();
  return plaintextToken;
}

async function removeAll(connection: Connection, table: 'session' | 'email_token', accountId: string): Promise<number> {
  const { rowCount } = await connection.query(`DELETE FROM account.${table} WHERE account_id = $1`, [accountId]);
  return rowCount ?? 0;
}

/** Begins the deletion of accounts whose address was never verified; their receipts are handed to nobody. */
export async function deleteUnverifiedAccounts(pool: Pool, events: AccountEvents, nowMs: number, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ account_id: string }>(
    `SELECT account_id FROM account.account
     WHERE NOT email_verified AND created_on < $1 AND status <> 'deleting' ORDER BY created_on LIMIT $2`,
    [dayOf(nowMs - unverifiedDaysMax * dayMs), sweepMax],
  );
  await runEach(rows, signal, async ({ account_id: accountId }) => {
    await requestDeletion(pool, events, accountId, nowMs);
  });
}
