import type { Pool } from '@tacet/database';
import { deadLetterDaysKept } from '../limits.ts';
import type { SessionTimes } from '../session-times.ts';

/** Removes dead letters after their days, and wishes that nobody waits for any more. */
export async function forgetOldRows(pool: Pool, { shrinkMs }: SessionTimes): Promise<void> {
  await pool.query("DELETE FROM billing.dead_letter WHERE received_at < now() - $1 * interval '1 day'", [deadLetterDaysKept]);
  await pool.query("DELETE FROM billing.lease_wait WHERE refused_at < clock_timestamp() - $1 * interval '1 ms'", [shrinkMs]);
}
