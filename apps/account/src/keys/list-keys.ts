import type { Queryable } from '@tacet/database';
import { apiKeyColumns, toApiKey, type ApiKey, type ApiKeyRow } from './api-key.ts';

/** One page and the id after which the next begins; undefined when this was the last. */
export interface KeyPage {
  readonly keys: readonly ApiKey[];
  readonly next: string | undefined;
}

const leastId = '00000000-0000-0000-0000-000000000000';

/** The keys of an account by creation, revoked ones too: those whose id is greater than `after`. */
export async function listKeys(
  db: Queryable,
  accountId: string,
  { after = leastId, pageSize }: { readonly after?: string | undefined; readonly pageSize: number },
): Promise<KeyPage> {
  const { rows } = await db.query<ApiKeyRow>(listKeysSql, [accountId, after, pageSize + 1]);
  const keys = rows.slice(0, pageSize).map(toApiKey);
  return { keys, next: rows.length > pageSize ? keys.at(-1)?.keyId : undefined };
}

/** Exported for the test that looks at its plan. */
export const listKeysSql = `SELECT ${apiKeyColumns} FROM account.api_key AS k
  WHERE k.account_id = $1 AND k.key_id > $2 ORDER BY k.account_id, k.key_id LIMIT $3`;
