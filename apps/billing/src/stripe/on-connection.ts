import type { Connection } from '@tacet/database';

/**
 * Runs `work` in a transaction of a connection that holds the payments' lock: when the lock is lost with its connection,
 * nothing is written. Rolls back and throws on what it throws.
 */
export async function onConnection<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query('BEGIN');
  try {
    const result = await work();
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK');
    throw error;
  }
}
