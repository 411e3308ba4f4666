import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { hashSecretToken } from '../secret-token.ts';
import { openSession } from '../sessions/sessions.ts';

/** An account that was just proven to belong to a caller, and the token of the session that this opened. */
export interface SignedIn {
  readonly accountId: string;
  readonly plaintextSessionToken: string;
}

/** What is wrong with a mailed token: unknown, used and expired ones are told alike. */
export function tokenInvalid(): TacetError {
  return new TacetError('field_invalid', { param: 'token', message: 'The link is unknown, was used already, or has expired.' });
}

/**
 * Opens the link of a sign-up: the address is verified, the password of that very sign-up is set, all other links
 * of the account end, and the caller is signed in. Throws `field_invalid`.
 */
export async function verifyEmail(pool: Pool, plaintextToken: string, nowMs: number): Promise<SignedIn> {
  const result = await transaction(pool, async (connection) => {
    const { rows } = await connection.query<{ account_id: string; password_hash: string; pepper_version: number }>(
      `DELETE FROM account.email_token WHERE hash = $1 AND purpose = 'verify' AND expires_at > $2
       RETURNING account_id, password_hash, pepper_version`,
      [hashSecretToken(plaintextToken), new Date(nowMs)],
    );
    const [token] = rows;
    if (!token) return undefined;
    const { rowCount } = await connection.query(
      `UPDATE account.account SET email_verified = true, password_hash = $2, pepper_version = $3
       WHERE account_id = $1 AND password_hash IS NULL AND status <> 'deleting'`,
      [token.account_id, token.password_hash, token.pepper_version],
    );
    if (rowCount === 0) return undefined;
    await connection.query('DELETE FROM account.email_token WHERE account_id = $1', [token.account_id]);
    const plaintextSessionToken = await openSession(connection, token.account_id, nowMs);
    return plaintextSessionToken === undefined ? undefined : { accountId: token.account_id, plaintextSessionToken };
  });
  if (!result) throw tokenInvalid();
  return result;
}
