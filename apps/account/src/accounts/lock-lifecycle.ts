import type { Connection } from '@tacet/database';

/** Any number that no other pair of advisory locks of this database begins with. */
const lifecycleLocks = 7455;

/**
 * Waits until no other transaction opens or begins to delete this account, and keeps them waiting until this one
 * ends: else an opening that is under way could give a key and a balance to an account that is gone. Nothing else
 * of the account is held up, however long a peer takes.
 */
export async function lockLifecycle(connection: Connection, accountId: string): Promise<void> {
  await connection.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [lifecycleLocks, accountId]);
}
