import { createApiKey } from '@tacet/api-key';
import { isPostgresError, sqlState, transaction, type Connection, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { newId } from '../identifiers.ts';
import { apiKeyColumns, toApiKey, type ApiKey, type ApiKeyRow } from './api-key.ts';
import { keysMax, type KeySettings } from './key-settings.ts';

/** A key that was just made. Its plaintext is in this value and nowhere else. */
export interface CreatedKey {
  readonly key: ApiKey;
  readonly plaintextKey: string;
}

const publicIdTries = 3;

/**
 * Makes a key. Throws `field_invalid` for an expiry that has passed, `not_found` for an unknown account,
 * `account_suspended`, and `conflict` for an account that is opening or being deleted or has too many keys.
 */
export async function createKey(
  pool: Pool,
  checkSecret: Uint8Array,
  accountId: string,
  settings: KeySettings,
  nowMs: number,
): Promise<CreatedKey> {
  const expiresAt = settings.expires_at === null ? null : new Date(settings.expires_at);
  if (expiresAt && expiresAt.getTime() <= nowMs)
    throw new TacetError('field_invalid', { param: 'expires_at', message: 'expires_at has passed already.' });
  for (let tries = 1; ; tries++) {
    const { plaintextKey, publicId, hash } = createApiKey(checkSecret);
    try {
      const key = await transaction(pool, async (connection) => {
        await checkMayCreate(connection, accountId);
        return insertKey(connection, accountId, publicId, hash, settings, expiresAt);
      });
      return { key, plaintextKey };
    } catch (error) {
      // 62^8 public ids: one that is taken already is rare, not impossible.
      if (tries === publicIdTries || !isPostgresError(error, sqlState.uniqueViolation)) throw error;
    }
  }
}

async function checkMayCreate(connection: Connection, accountId: string): Promise<void> {
  // FOR SHARE: a suspension or deletion that begins meanwhile waits, and then finds this key too.
  const { rows } = await connection.query<{ status: string }>('SELECT status FROM account.account WHERE account_id = $1 FOR SHARE', [
    accountId,
  ]);
  const status = rows[0]?.status;
  if (status === undefined) throw new TacetError('not_found');
  if (status === 'suspended') throw new TacetError('account_suspended');
  if (status !== 'active') throw new TacetError('conflict', { message: 'The account is not open yet, or no longer.' });
  const { rows: counted } = await connection.query<{ live: bigint }>(
    'SELECT count(*) AS live FROM (SELECT 1 FROM account.api_key WHERE account_id = $1 AND revoked_at IS NULL LIMIT $2) AS counted',
    [accountId, keysMax],
  );
  if ((counted[0]?.live ?? 0n) >= BigInt(keysMax))
    throw new TacetError('conflict', { message: `An account has at most ${keysMax} keys that are not revoked.` });
}

async function insertKey(
  connection: Connection,
  accountId: string,
  publicId: string,
  hash: Buffer,
  settings: KeySettings,
  expiresAt: Date | null,
): Promise<ApiKey> {
  const { name, no_log: noLog, models, limits } = settings;
  const { rows } = await connection.query<ApiKeyRow>(
    `INSERT INTO account.api_key AS k (key_id, account_id, public_id, hash, name, no_log, models, requests_per_minute, tokens_per_minute,
       concurrent_requests, spend_day_nano, spend_month_nano, spend_total_nano, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING ${apiKeyColumns}`,
    [
      newId(),
      accountId,
      publicId,
      hash,
      name,
      noLog,
      models,
      limits.requests_per_minute,
      limits.tokens_per_minute,
      limits.concurrent_requests,
      limits.spend_day_nano_usd,
      limits.spend_month_nano_usd,
      limits.spend_total_nano_usd,
      expiresAt,
    ],
  );
  if (!rows[0]) throw new Error('an insert returned no row');
  return toApiKey(rows[0]);
}
