import type { Pool } from '@tacet/database';
import { vacuumMsMax } from './limits.ts';

/** Gives the room of deleted rows back. A table that somebody else vacuums just now is skipped. */
export async function vacuum(pool: Pool, tables: readonly string[]): Promise<void> {
  const connection = await pool.connect();
  try {
    await connection.query(`SET statement_timeout = ${vacuumMsMax}`);
    for (const table of tables) await connection.query(`VACUUM (SKIP_LOCKED) ${table}`);
  } finally {
    // With its longer time-out it must not serve anything else.
    connection.release(true);
  }
}
