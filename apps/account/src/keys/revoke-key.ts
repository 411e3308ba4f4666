import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { recordRevision } from '../directory/record-revision.ts';
import { apiKeyColumns, toApiKey, type ApiKey, type ApiKeyRow } from './api-key.ts';

/** Which key: by id (of one account, where the caller is its holder), or by its public id. */
export type KeyReference = { readonly keyId: string; readonly accountId?: string } | { readonly publicId: string };

/**
 * Revokes a key and tells every edge in the same transaction. Revoking again changes nothing and tells them again.
 * Throws `not_found`.
 */
export async function revokeKey(pool: Pool, reference: KeyReference, nowMs: number): Promise<ApiKey> {
  const [where, value] =
    'keyId' in reference
      ? ['k.key_id = $1 AND ($2::uuid IS NULL OR k.account_id = $2)', reference.keyId]
      : ['k.public_id = $1 AND $2::uuid IS NULL', reference.publicId];
  const accountId = 'keyId' in reference ? (reference.accountId ?? null) : null;
  return transaction(pool, async (connection) => {
    const { rows } = await connection.query<ApiKeyRow>(
      `UPDATE account.api_key AS k SET revoked_at = coalesce(k.revoked_at, $3) WHERE ${where} RETURNING ${apiKeyColumns}`,
      [value, accountId, new Date(nowMs)],
    );
    const [row] = rows;
    if (!row) throw new TacetError('not_found');
    await recordRevision(connection, { keyId: row.key_id });
    return toApiKey(row);
  });
}
