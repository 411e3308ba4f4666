import type { Connection, Queryable } from '@tacet/database';
import { dayMs, dayOf } from '../clock.ts';
import { accountColumns, toAccount, type Account, type AccountRow } from '../accounts/account.ts';
import { createSecretToken, hashSecretToken } from '../secret-token.ts';

/** A session ends this long after sign-in, whatever happens. */
export const sessionMsMax = 30 * dayMs;
/** … and when it was not used for this many whole days (only the day of its last use is kept). */
export const sessionIdleDaysMax = 7;
/** Sign-in that is younger than this allows exports, deletion and new keys. */
export const recentMs = 10 * 60_000;
/** More sessions of one account at a time: the oldest go. */
export const sessionsMax = 50;

/** A session that a request came with, and whose it is. */
export interface Session {
  readonly hash: Buffer;
  readonly account: Account;
  readonly authenticatedAtMs: number;
}

/**
 * Opens a session and returns the token of its cookie; undefined when the account is gone or going. Also ends the
 * oldest sessions above `sessionsMax`.
 */
export async function openSession(connection: Connection, accountId: string, nowMs: number): Promise<string | undefined> {
  const { plaintextToken, hash } = createSecretToken();
  // FOR SHARE: a deletion that begins meanwhile waits, and then deletes this session too.
  const { rowCount } = await connection.query(
    `INSERT INTO account.session (hash, account_id, expires_at, last_seen_on, authenticated_at)
     SELECT $1, account_id, $3, $4, $5 FROM account.account WHERE account_id = $2 AND status <> 'deleting' FOR SHARE`,
    [hash, accountId, new Date(nowMs + sessionMsMax), dayOf(nowMs), new Date(nowMs)],
  );
  if (rowCount === 0) return undefined;
  await connection.query(
    `DELETE FROM account.session WHERE hash IN
       (SELECT hash FROM account.session WHERE account_id = $1 ORDER BY authenticated_at DESC, hash OFFSET $2)`,
    [accountId, sessionsMax],
  );
  return plaintextToken;
}

/** The session of a cookie's token, if it is alive. Notes the day of its use. */
export async function findSession(db: Queryable, plaintextToken: string, nowMs: number): Promise<Session | undefined> {
  const hash = hashSecretToken(plaintextToken);
  const { rows } = await db.query<AccountRow & { authenticated_at: Date; last_seen_on: string }>(
    `SELECT ${accountColumns}, authenticated_at, last_seen_on
     FROM account.session JOIN account.account USING (account_id)
     WHERE hash = $1 AND expires_at > $2 AND last_seen_on >= $3 AND status <> 'deleting'`,
    [hash, new Date(nowMs), dayOf(nowMs - sessionIdleDaysMax * dayMs)],
  );
  const [row] = rows;
  if (!row) return undefined;
  const today = dayOf(nowMs);
  if (row.last_seen_on < today)
    await db.query('UPDATE account.session SET last_seen_on = $2 WHERE hash = $1 AND last_seen_on < $2', [hash, today]);
  return { hash, account: toAccount(row), authenticatedAtMs: row.authenticated_at.getTime() };
}

/** Notes that the password was given again. */
export async function reauthenticateSession(db: Queryable, hash: Buffer, nowMs: number): Promise<void> {
  await db.query('UPDATE account.session SET authenticated_at = $2 WHERE hash = $1', [hash, new Date(nowMs)]);
}

/** Ends one session; ending one that is gone is no error. */
export async function closeSession(db: Queryable, hash: Buffer): Promise<void> {
  await db.query('DELETE FROM account.session WHERE hash = $1', [hash]);
}

/** Ends all sessions of an account. */
export async function closeSessions(db: Queryable, accountId: string): Promise<number> {
  const { rowCount } = await db.query('DELETE FROM account.session WHERE account_id = $1', [accountId]);
  return rowCount ?? 0;
}
