import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { recordRevision } from '../directory/record-revision.ts';

/** The privacy switches of an account; both are off until its owner turns them on. */
export interface AccountSettings {
  /** Locks every key of the account, present and future, to no-log. */
  readonly allKeysNoLog: boolean;
  /** New conversations are ephemeral unless they say otherwise. */
  readonly ephemeralByDefault: boolean;
}

/** Changes the settings that are given and tells the edges when the lock moved. Throws `not_found`. */
export async function changeAccountSettings(pool: Pool, accountId: string, changes: Partial<AccountSettings>): Promise<AccountSettings> {
  return transaction(pool, async (connection) => {
    const { rows: before } = await connection.query<{ all_keys_no_log: boolean }>(
      'SELECT all_keys_no_log FROM account.account WHERE account_id = $1 FOR NO KEY UPDATE',
      [accountId],
    );
    const { rows } = await connection.query<{ all_keys_no_log: boolean; ephemeral_by_default: boolean }>(
      `UPDATE account.account SET all_keys_no_log = coalesce($2, all_keys_no_log), ephemeral_by_default = coalesce($3, ephemeral_by_default)
       WHERE account_id = $1 RETURNING all_keys_no_log, ephemeral_by_default`,
      [accountId, changes.allKeysNoLog ?? null, changes.ephemeralByDefault ?? null],
    );
    const [row] = rows;
    if (!row) throw new TacetError('not_found');
    if (row.all_keys_no_log !== before[0]?.all_keys_no_log) await recordRevision(connection, { accountId });
    return { allKeysNoLog: row.all_keys_no_log, ephemeralByDefault: row.ephemeral_by_default };
  });
}
