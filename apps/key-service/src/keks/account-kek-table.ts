import type { Queryable } from '@tacet/database';

/** The `kek_id` that an account chose; undefined: the deployment's own. */
export async function readAccountKek(db: Queryable, account: string): Promise<string | undefined> {
  const { rows } = await db.query<{ kek_id: string }>('SELECT kek_id FROM keystore.account_kek WHERE account_id = $1', [account]);
  return rows[0]?.kek_id;
}

/** Writes down what an account chose. */
export async function writeAccountKek(db: Queryable, account: string, provider: string, kekId: string, nowMs: number): Promise<void> {
  await db.query(
    `INSERT INTO keystore.account_kek (account_id, provider, kek_id, set_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id) DO UPDATE SET provider = excluded.provider, kek_id = excluded.kek_id, set_at = excluded.set_at`,
    [account, provider, kekId, new Date(nowMs)],
  );
}

/** Forgets it: the account uses the deployment's key, or is gone. */
export async function deleteAccountKek(db: Queryable, account: string): Promise<void> {
  await db.query('DELETE FROM keystore.account_kek WHERE account_id = $1', [account]);
}

/** Which of these accounts chose a key of their own. */
export async function listAccountsWithKek(db: Queryable, accounts: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ account_id: string }>('SELECT account_id FROM keystore.account_kek WHERE account_id = ANY ($1::uuid[])', [accounts]);
  return new Set(rows.map(({ account_id }) => account_id));
}
