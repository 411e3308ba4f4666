import type { Connection } from '@tacet/database';

/** The channel that every replica listens on. */
export const revisionChannel = 'key_revision';

/** Any number that no other lock of this database uses. */
const revisionLock = 7454;

/** What changed: one key, or an account with all of its keys. */
export type Changed = { readonly keyId: string } | { readonly accountId: string };

/**
 * Tells the edges that a key or an account changed, in the transaction of the change itself: both become visible
 * together. Call it last: until the commit, other changes wait, so that the order of revisions is that of commits.
 */
export async function recordRevision(connection: Connection, changed: Changed): Promise<void> {
  // A transaction that hangs with the lock would hold up every revocation.
  await connection.query("SET LOCAL transaction_timeout = '5s'");
  await connection.query('SELECT pg_advisory_xact_lock($1)', [revisionLock]);
  const [keyId, accountId] = 'keyId' in changed ? [changed.keyId, null] : [null, changed.accountId];
  await connection.query(
    `WITH made AS (INSERT INTO account.key_revision (key_id, account_id) VALUES ($1, $2) RETURNING revision)
     SELECT pg_notify($3, revision::text) FROM made`,
    [keyId, accountId, revisionChannel],
  );
}

/** Revisions are kept this long: a watcher that comes back later is told to drop everything. */
export const revisionKeptMs = 10 * 60_000;

/** Deletes revisions that are older than they are kept. The newest row stays, without its ids, as the mark. */
export async function deletePastRevisions(connection: Connection): Promise<void> {
  // The database's clock, which made the rows: those of replicas may differ from it and from each other.
  const age = `created_at < clock_timestamp() - interval '${revisionKeptMs / 1_000} seconds'`;
  await connection.query(`DELETE FROM account.key_revision WHERE ${age} AND revision < (SELECT max(revision) FROM account.key_revision)`);
  await connection.query(
    `UPDATE account.key_revision SET key_id = NULL, account_id = NULL WHERE ${age} AND (key_id IS NOT NULL OR account_id IS NOT NULL)`,
  );
}
