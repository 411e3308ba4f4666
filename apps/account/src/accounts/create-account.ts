import { setTimeout as sleep } from 'node:timers/promises';
import { RpcUnavailableError } from '@tacet/rpc';
import { TacetError } from '@tacet/errors';
import { dayOf, type Clock } from '../clock.ts';
import { newId } from '../identifiers.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { findAccount, type Account } from './account.ts';
import { openAccount, type OpenAccountDependencies } from './open-account.ts';

export interface CreateAccountDependencies extends OpenAccountDependencies {
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
}

/** How long an answer waits for peers that are starting still. */
const patienceMs = 10_000;
const retryMs = 200;

/**
 * Makes a verified account, as an operator does. `email` none: only keys can use it; `plaintextPassword` none:
 * nobody can sign in until a mailed link sets one. When the peers do not answer in time the account is returned
 * as `opening` and finished later. Throws `conflict` when the address is taken.
 */
export async function createAccount(
  dependencies: CreateAccountDependencies,
  email: string | undefined,
  plaintextPassword: string | undefined,
  signal: AbortSignal,
): Promise<Account> {
  const { pool, clock, hasher } = dependencies;
  const password = plaintextPassword === undefined ? undefined : await hasher.hash(plaintextPassword);
  const accountId = newId();
  const { rowCount } = await pool.query(
    `INSERT INTO account.account (account_id, email, email_verified, password_hash, pepper_version, status, created_on)
     VALUES ($1, $2, true, $3, $4, 'opening', $5) ON CONFLICT (email) DO NOTHING`,
    [accountId, email ?? null, password?.passwordHash ?? null, password?.pepperVersion ?? null, dayOf(clock())],
  );
  if (rowCount === 0) throw new TacetError('conflict', { message: 'The address has an account already.' });
  await openPatiently(dependencies, accountId, signal);
  const found = await findAccount(pool, accountId);
  if (!found) throw new Error('an account was gone right after it was made');
  return found.account;
}

async function openPatiently(dependencies: CreateAccountDependencies, accountId: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await openAccount(dependencies, accountId);
    } catch (error) {
      if (!(error instanceof RpcUnavailableError) || performance.now() > end || signal.aborted)
        return dependencies.events.taskFailed('open-account', error);
    }
    await sleep(retryMs);
  }
}
