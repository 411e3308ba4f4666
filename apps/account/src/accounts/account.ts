import type { Queryable } from '@tacet/database';
import type { RateLimits } from '../keys/key-settings.ts';
import type { StoredPassword } from '../passwords/password-hasher.ts';

/** `opening`: its key and balance are being made. `deleting`: it is on its way out and nothing may begin. */
export type AccountStatus = 'opening' | 'active' | 'suspended' | 'deleting';

/** An account, without its password. */
export interface Account {
  readonly accountId: string;
  /** Lower case; none for an account that only keys can use. */
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly status: AccountStatus;
  /** All of its keys are no-log, whatever they say. */
  readonly allKeysNoLog: boolean;
  readonly ephemeralByDefault: boolean;
  /** YYYY-MM-DD. */
  readonly createdOn: string;
  /** Of all its keys and chats together. */
  readonly limits: RateLimits;
}

export interface AccountRow {
  account_id: string;
  email: string | null;
  email_verified: boolean;
  status: AccountStatus;
  all_keys_no_log: boolean;
  ephemeral_by_default: boolean;
  created_on: string;
  requests_per_minute: bigint;
  tokens_per_minute: bigint;
  concurrent_requests: bigint;
}

/** The columns of `AccountRow`. */
export const accountColumns =
  'account_id, email, email_verified, status, all_keys_no_log, ephemeral_by_default, created_on, ' +
  'requests_per_minute, tokens_per_minute, concurrent_requests';

/** An account out of its row. */
export function toAccount(row: AccountRow): Account {
  return {
    accountId: row.account_id,
    email: row.email,
    emailVerified: row.email_verified,
    status: row.status,
    allKeysNoLog: row.all_keys_no_log,
    ephemeralByDefault: row.ephemeral_by_default,
    createdOn: row.created_on,
    limits: {
      requests_per_minute: Number(row.requests_per_minute),
      tokens_per_minute: Number(row.tokens_per_minute),
      concurrent_requests: Number(row.concurrent_requests),
    },
  };
}

/** An account and the password that opens it, if it has one. */
export interface AccountWithPassword {
  readonly account: Account;
  readonly password: StoredPassword | undefined;
}

/** Looks an account up by its address (lower case). */
export async function findAccountByEmail(db: Queryable, email: string): Promise<AccountWithPassword | undefined> {
  const { rows } = await db.query<AccountRow & PasswordRow>(
    `SELECT ${accountColumns}, password_hash, pepper_version FROM account.account WHERE email = $1`,
    [email],
  );
  return rows[0] && { account: toAccount(rows[0]), password: toPassword(rows[0]) };
}

/** Looks an account up by its id. */
export async function findAccount(db: Queryable, accountId: string): Promise<AccountWithPassword | undefined> {
  const { rows } = await db.query<AccountRow & PasswordRow>(
    `SELECT ${accountColumns}, password_hash, pepper_version FROM account.account WHERE account_id = $1`,
    [accountId],
  );
  return rows[0] && { account: toAccount(rows[0]), password: toPassword(rows[0]) };
}

interface PasswordRow {
  password_hash: string | null;
  pepper_version: number | null;
}

function toPassword({ password_hash: passwordHash, pepper_version: pepperVersion }: PasswordRow): StoredPassword | undefined {
  return passwordHash === null || pepperVersion === null ? undefined : { passwordHash, pepperVersion };
}
