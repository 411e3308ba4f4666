import type { Limits } from './key-settings.ts';

/** An API key as it is stored: without its plaintext. */
export interface ApiKey {
  readonly keyId: string;
  readonly accountId: string;
  /** The 8 characters by which people tell keys apart. */
  readonly publicId: string;
  readonly name: string;
  /** Of the key itself; an account can lock all of its keys to no-log. */
  readonly noLog: boolean;
  /** Empty: every model. */
  readonly models: readonly string[];
  readonly limits: Limits;
  readonly expiresAtMs: number | undefined;
  readonly revokedAtMs: number | undefined;
}

export interface ApiKeyRow {
  key_id: string;
  account_id: string;
  public_id: string;
  name: string;
  no_log: boolean;
  models: string[];
  requests_per_minute: bigint;
  tokens_per_minute: bigint;
  concurrent_requests: bigint;
  spend_day_nano: bigint;
  spend_month_nano: bigint;
  spend_total_nano: bigint;
  expires_at: Date | null;
  revoked_at: Date | null;
}

/** The columns of `ApiKeyRow`; the table is named `k`. */
export const apiKeyColumns =
  'k.key_id, k.account_id, k.public_id, k.name, k.no_log, k.models, k.requests_per_minute, k.tokens_per_minute, ' +
  'k.concurrent_requests, k.spend_day_nano, k.spend_month_nano, k.spend_total_nano, k.expires_at, k.revoked_at';

/** A key out of its row. */
export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    keyId: row.key_id,
    accountId: row.account_id,
    publicId: row.public_id,
    name: row.name,
    noLog: row.no_log,
    models: row.models,
    limits: {
      requests_per_minute: Number(row.requests_per_minute),
      tokens_per_minute: Number(row.tokens_per_minute),
      concurrent_requests: Number(row.concurrent_requests),
      spend_day_nano_usd: row.spend_day_nano.toString(),
      spend_month_nano_usd: row.spend_month_nano.toString(),
      spend_total_nano_usd: row.spend_total_nano.toString(),
    },
    expiresAtMs: row.expires_at?.getTime(),
    revokedAtMs: row.revoked_at?.getTime(),
  };
}
