import { transaction, type Connection, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Background } from '../background.ts';
import { dayOf, type Clock } from '../clock.ts';
import type { SignUpMode } from '../config.ts';
import { newId } from '../identifiers.ts';
import { alreadyRegisteredMail, deletingMail, emailTokenMs, verifyMail } from '../mail/compose-mail.ts';
import type { Mail } from '../mail/mail.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { PasswordHasher, StoredPassword } from '../passwords/password-hasher.ts';
import { createSecretToken } from '../secret-token.ts';
import { findAccountByEmail } from './account.ts';
import { openAccount, type OpenAccountDependencies } from './open-account.ts';

export interface SignUpDependencies extends OpenAccountDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly mailer: Mailer;
  readonly background: Background;
  readonly mode: SignUpMode;
  readonly publicOrigin: string;
}

/** What happened, which the caller is never told: the account that was made, and the mail that tells its owner. */
interface SignUpResult {
  readonly openedAccountId?: string;
  readonly mail?: Mail;
}

/**
 * Takes a sign-up. The hash is always made, and everything that depends on who exists happens behind the answer,
 * so that status, body and time are the same for all. Throws `overloaded` when too much is under way.
 */
export async function signUp(dependencies: SignUpDependencies, email: string, plaintextPassword: string): Promise<void> {
  const { hasher, background, mailer } = dependencies;
  const password = await hasher.hash(plaintextPassword);
  const taken = background.run('sign-up', async () => {
    const { mail, openedAccountId } = await record(dependencies, email, password);
    if (mail) mailer.send(mail);
    // What fails here is finished by the sweeper.
    if (openedAccountId !== undefined) await openAccount(dependencies, openedAccountId);
  });
  if (!taken) throw new TacetError('overloaded', { retryAfterMs: 1_000 });
}

function record(dependencies: SignUpDependencies, email: string, password: StoredPassword): Promise<SignUpResult> {
  const { pool, clock, mode, publicOrigin } = dependencies;
  return transaction(pool, async (connection) => {
    const nowMs = clock();
    const openedAccountId = mode === 'open' ? await insertAccount(connection, email, nowMs) : undefined;
    const found = await findAccountByEmail(connection, email);
    if (!found) return {};
    const { account } = found;
    if (account.status === 'deleting') return { mail: deletingMail(email, publicOrigin) };
    if (found.password) return { mail: alreadyRegisteredMail(email, publicOrigin) };
    const token = createSecretToken();
    // The password stays with the token until the link is opened: who signs up with another's address cannot have
    // left a password on the account that its owner then verifies.
    await connection.query(
      `INSERT INTO account.email_token (hash, account_id, purpose, password_hash, pepper_version, expires_at)
       VALUES ($1, $2, 'verify', $3, $4, $5)`,
      [token.hash, account.accountId, password.passwordHash, password.pepperVersion, new Date(nowMs + emailTokenMs)],
    );
    return { ...(openedAccountId === undefined ? {} : { openedAccountId }), mail: verifyMail(email, publicOrigin, token.plaintextToken) };
  });
}

/** Makes the account unless the address has one; two sign-ups at once make one account. */
async function insertAccount(connection: Connection, email: string, nowMs: number): Promise<string | undefined> {
  const accountId = newId();
  const { rowCount } = await connection.query(
    `INSERT INTO account.account (account_id, email, email_verified, status, created_on)
     VALUES ($1, $2, false, 'opening', $3) ON CONFLICT (email) DO NOTHING`,
    [accountId, email, dayOf(nowMs)],
  );
  return rowCount === 1 ? accountId : undefined;
}
