import type { Pool } from '@tacet/database';
import type { Metrics } from '../metrics.ts';

/** Sets the gauges that only the database knows. */
export async function countStates(pool: Pool, metrics: Metrics): Promise<void> {
  const { rows: sessions } = await pool.query<{ state: string; count: bigint }>(
    `SELECT CASE WHEN released THEN 'released' WHEN expires_at < clock_timestamp() THEN 'expired' ELSE 'live' END AS state,
            count(*) AS count
       FROM billing.edge_session GROUP BY 1`,
  );
  for (const state of ['live', 'expired', 'released'])
    metrics.sessions.set({ state }, Number(sessions.find((row) => row.state === state)?.count ?? 0n));
  const { rows: discrepancies } = await pool.query<{ count: bigint }>(
    "SELECT count(*) AS count FROM billing.discrepancy WHERE last_seen_at > now() - interval '1 day'",
  );
  metrics.discrepancies.set(Number(discrepancies[0]?.count ?? 0n));
}
