import type { Queryable } from '@tacet/database';
import type { KeyState__Output as KeyState } from '@tacet/rpc/types/directory/v1/KeyState';
import type { AccountStatus } from '../accounts/account.ts';
import { apiKeyColumns, toApiKey, type ApiKey, type ApiKeyRow } from '../keys/api-key.ts';
import { noLimits, type RateLimits } from '../keys/key-settings.ts';

/** What the directory answers about a key or an account. */
export interface Resolution {
  readonly state: KeyState;
  /** Undefined for an unknown key, and for an account's own policy. */
  readonly key: ApiKey | undefined;
  readonly accountId: string | undefined;
  /** The key's own, or the account's lock. */
  readonly noLog: boolean;
  /** Of the account as a whole. */
  readonly accountLimits: RateLimits;
  /** Every change up to it is in this answer. */
  readonly revision: bigint;
}

interface AccountLimitsRow {
  account_requests: bigint;
  account_tokens: bigint;
  account_concurrent: bigint;
}
const accountLimitsColumns = 'a.requests_per_minute AS account_requests, a.tokens_per_minute AS account_tokens, a.concurrent_requests AS account_concurrent';

type ResolveRow = { revision: bigint | null } & (({ status: AccountStatus; all_keys_no_log: boolean } & ApiKeyRow & AccountLimitsRow) | { status: null });

// One statement, so one snapshot: the answer holds everything up to the revision that it names.
/** Exported for the test that looks at its plan. */
export const resolveSql = `SELECT r.revision, a.status, a.all_keys_no_log, ${accountLimitsColumns}, ${apiKeyColumns}
  FROM (SELECT max(revision) AS revision FROM account.key_revision) AS r
  LEFT JOIN account.api_key AS k ON k.hash = $1
  LEFT JOIN account.account AS a ON a.account_id = k.account_id`;

/** Looks a key up by its hash. An unknown one is an answer, not an error. */
export async function resolveKey(db: Queryable, hash: Buffer, nowMs: number): Promise<Resolution> {
  const { rows } = await db.query<ResolveRow>(resolveSql, [hash]);
  const [row] = rows;
  const revision = row?.revision ?? 0n;
  if (!row || row.status === null) return { state: 'KEY_STATE_UNKNOWN', key: undefined, accountId: undefined, noLog: false, accountLimits: noLimits, revision };
  const key = toApiKey(row);
  return {
    state: keyState(key, row.status, nowMs),
    key,
    accountId: key.accountId,
    noLog: key.noLog || row.all_keys_no_log,
    accountLimits: toAccountLimits(row),
    revision,
  };
}

function keyState(key: ApiKey, status: AccountStatus, nowMs: number): KeyState {
  if (key.revokedAtMs !== undefined || status === 'deleting') return 'KEY_STATE_REVOKED';
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) return 'KEY_STATE_EXPIRED';
  return status === 'suspended' ? 'KEY_STATE_SUSPENDED' : 'KEY_STATE_ACTIVE';
}

/** Looks an account's own policy up, for chat through the internal door. */
export async function resolveAccount(db: Queryable, accountId: string): Promise<Resolution> {
  const { rows } = await db.query<
    { revision: bigint | null } & (({ status: AccountStatus; all_keys_no_log: boolean } & AccountLimitsRow) | { status: null })
  >(
    `SELECT r.revision, a.status, a.all_keys_no_log, ${accountLimitsColumns}
     FROM (SELECT max(revision) AS revision FROM account.key_revision) AS r LEFT JOIN account.account AS a ON a.account_id = $1`,
    [accountId],
  );
  const [row] = rows;
  const revision = row?.revision ?? 0n;
  if (!row || row.status === null)
    return { state: 'KEY_STATE_UNKNOWN', key: undefined, accountId: undefined, noLog: false, accountLimits: noLimits, revision };
  return { state: accountStates[row.status], key: undefined, accountId, noLog: row.all_keys_no_log, accountLimits: toAccountLimits(row), revision };
}

function toAccountLimits(row: AccountLimitsRow): RateLimits {
  return {
    requests_per_minute: Number(row.account_requests),
    tokens_per_minute: Number(row.account_tokens),
    concurrent_requests: Number(row.account_concurrent),
  };
}

const accountStates = {
  opening: 'KEY_STATE_UNKNOWN',
  active: 'KEY_STATE_ACTIVE',
  suspended: 'KEY_STATE_SUSPENDED',
  deleting: 'KEY_STATE_REVOKED',
} as const satisfies Record<AccountStatus, KeyState>;
