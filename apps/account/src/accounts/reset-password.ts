import { transaction, type Pool } from '@tacet/database';
import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import { emailTokenMs, resetMail } from '../mail/compose-mail.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { createSecretToken, hashSecretToken } from '../secret-token.ts';
import { closeSessions, openSession } from '../sessions/sessions.ts';
import { findAccountByEmail } from './account.ts';
import { tokenInvalid, type SignedIn } from './verify-email.ts';

export interface ResetDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly mailer: Mailer;
  readonly background: Background;
  readonly publicOrigin: string;
}

/** Mails a link for a new password to the address if it has an account; the caller is told nothing of that. */
export function requestReset({ pool, clock, mailer, background, publicOrigin }: ResetDependencies, email: string): void {
  background.run('reset', async () => {
    const found = await findAccountByEmail(pool, email);
    if (!found?.password || found.account.status === 'deleting') return;
    const token = createSecretToken();
    await pool.query(`INSERT INTO account.email_token (hash, account_id, purpose, expires_at) VALUES ($1, $2, 'reset', $3)`, [
      token.hash,
      found.account.accountId,
      new Date(clock() + emailTokenMs),
    ]);
    mailer.send(resetMail(email, publicOrigin, token.plaintextToken));
  });
}

/**
 * Opens the link of a forgotten password: the new one is set, every session and link of the account ends, and the
 * caller is signed in. Throws `field_invalid`.
 */
export async function resetPassword(
  pool: Pool,
  hasher: PasswordHasher,
  plaintextToken: string,
  plaintextPassword: string,
  nowMs: number,
): Promise<SignedIn> {
  const password = await hasher.hash(plaintextPassword);
  const result = await transaction(pool, async (connection) => {
    const { rows } = await connection.query<{ account_id: string }>(
      `DELETE FROM account.email_token WHERE hash = $1 AND purpose = 'reset' AND expires_at > $2 RETURNING account_id`,
      [hashSecretToken(plaintextToken), new Date(nowMs)],
    );
    const accountId = rows[0]?.account_id;
    if (accountId === undefined) return undefined;
    await connection.query(
      `UPDATE account.account SET password_hash = $2, pepper_version = $3 WHERE account_id = $1 AND status <> 'deleting'`,
      [accountId, password.passwordHash, password.pepperVersion],
    );
    await connection.query('DELETE FROM account.email_token WHERE account_id = $1', [accountId]);
    await closeSessions(connection, accountId);
    const plaintextSessionToken = await openSession(connection, accountId, nowMs);
    return plaintextSessionToken === undefined ? undefined : { accountId, plaintextSessionToken };
  });
  if (!result) throw tokenInvalid();
  return result;
}
