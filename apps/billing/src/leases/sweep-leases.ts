import type { Pool } from '@tacet/database';
import { rowsPerTransactionMax } from '../limits.ts';

/** Removes the leases of dead epochs of an edge, as far as that may be done now; answers how many went. */
export async function sweepLeases(pool: Pool, edgeId: string): Promise<number> {
  let swept = 0;
  for (;;) {
    const { rows } = await pool.query<{ swept: number }>('SELECT billing.sweep_leases($1, $2) AS swept', [edgeId, rowsPerTransactionMax]);
    const now = rows[0]?.swept ?? 0;
    swept += now;
    if (now < rowsPerTransactionMax) return swept;
  }
}
