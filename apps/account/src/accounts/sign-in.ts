import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Background } from '../background.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { throttleRules, type Throttle } from '../passwords/throttle.ts';
import { openSession } from '../sessions/sessions.ts';
import { findAccount, findAccountByEmail, type AccountWithPassword } from './account.ts';
import type { SignedIn } from './verify-email.ts';

export interface SignInDependencies {
  readonly pool: Pool;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  readonly background: Background;
}

/** Who asks, and as whom. */
export interface SignInAttempt {
  readonly email: string;
  readonly plaintextPassword: string;
  /** The network that the request came from. */
  readonly network: string;
}

/**
 * Signs in. An unknown address, an unverified one (it has no password yet), and a wrong password take the same
 * work and throw the same `sign_in_failed`. Attempts are counted before they are made: else `rate_limited`.
 */
export async function signIn(
  { pool, hasher, throttle, background }: SignInDependencies,
  { email, plaintextPassword, network }: SignInAttempt,
  nowMs: number,
): Promise<SignedIn> {
  const pair = `${email}\0${network}`;
  await throttle.spend(pool, throttleRules.signInByNetwork, network, nowMs);
  await throttle.spend(pool, throttleRules.signInByAddress, email, nowMs);
  await throttle.spend(pool, throttleRules.signInByAddressAndNetwork, pair, nowMs);
  const found = await findAccountByEmail(pool, email);
  const verified = await hasher.verify(plaintextPassword, found?.password);
  if (!found || !verified) throw new TacetError('sign_in_failed');
  const { accountId } = found.account;
  const plaintextSessionToken = await transaction(pool, (connection) => openSession(connection, accountId, nowMs));
  if (plaintextSessionToken === undefined) throw new TacetError('sign_in_failed');
  background.run('sign-in', async () => {
    await throttle.forgive(pool, throttleRules.signInByAddressAndNetwork, pair);
    await renewHash(pool, hasher, found, plaintextPassword);
  });
  return { accountId, plaintextSessionToken };
}

/** Checks the password of somebody who is signed in. Throws `sign_in_failed` or `rate_limited`. */
export async function checkPassword(
  { pool, hasher, throttle }: SignInDependencies,
  accountId: string,
  plaintextPassword: string,
  nowMs: number,
): Promise<void> {
  await throttle.spend(pool, throttleRules.reauthenticateByAccount, accountId, nowMs);
  const found = await findAccount(pool, accountId);
  if (!(await hasher.verify(plaintextPassword, found?.password))) throw new TacetError('sign_in_failed');
  await throttle.forgive(pool, throttleRules.reauthenticateByAccount, accountId);
}

/** Hashes the password again where pepper or cost are no longer the newest. */
async function renewHash(
  pool: Pool,
  hasher: PasswordHasher,
  { account, password }: AccountWithPassword,
  plaintextPassword: string,
): Promise<void> {
  if (!password || !hasher.isOutdated(password)) return;
  const renewed = await hasher.hash(plaintextPassword);
  await pool.query('UPDATE account.account SET password_hash = $2, pepper_version = $3 WHERE account_id = $1 AND password_hash = $4', [
    account.accountId,
    renewed.passwordHash,
    renewed.pepperVersion,
    password.passwordHash,
  ]);
}
