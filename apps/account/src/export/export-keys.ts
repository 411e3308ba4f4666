import type { Pool } from '@tacet/database';
import type { Account } from '../accounts/account.ts';
import { toKeyResource } from '../http/resources/key-resource.ts';
import { listKeys } from '../keys/list-keys.ts';

const keysPage = 500;

/** The keys of an account, each with the hash that is kept in place of the key. */
export async function* exportKeys(pool: Pool, { accountId, allKeysNoLog }: Account): AsyncGenerator<{ readonly entry: string }> {
  for (let after: string | undefined; ;) {
    const { keys, next } = await listKeys(pool, accountId, { after, pageSize: keysPage });
    const hashes = await readHashes(
      pool,
      keys.map(({ keyId }) => keyId),
    );
    for (const key of keys) yield { entry: JSON.stringify({ ...toKeyResource(key, allKeysNoLog), hash: hashes.get(key.keyId) }) };
    if (next === undefined) return;
    after = next;
  }
}

async function readHashes(pool: Pool, keyIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ key_id: string; hash: Buffer }>('SELECT key_id, hash FROM account.api_key WHERE key_id = ANY ($1)', [
    keyIds,
  ]);
  return new Map(rows.map(({ key_id: keyId, hash }) => [keyId, hash.toString('hex')]));
}
