import type { Pool } from '@tacet/database';
import { deadLetterDaysKept, periodMonthsKept, rowsPerTransactionMax } from '../limits.ts';
import type { SessionTimes } from '../session-times.ts';

/** Pairs of ledger accounts whose old transfers one transaction carries. */
const pairsPerTransactionMax = rowsPerTransactionMax / 10;

/**
 * Removes what is kept no longer: dead letters, sums of periods, single transfers from before the ledger's years (at the turn of a
 * month, as net transfers), and wishes that nobody waits for any more.
 */
export async function forgetOldRows(pool: Pool, { shrinkMs }: SessionTimes, ledgerYears: number): Promise<void> {
  await pool.query("DELETE FROM billing.dead_letter WHERE received_at < now() - $1 * interval '1 day'", [deadLetterDaysKept]);
  await pool.query("DELETE FROM billing.lease_wait WHERE refused_at < clock_timestamp() - $1 * interval '1 ms'", [shrinkMs]);
  await pool.query("SELECT billing.forget_periods((date_trunc('month', now(), 'UTC') - $1 * interval '1 month')::date)", [periodMonthsKept]);
  for (;;) {
    // What is carried gets the time of the border, so that it is not older than the border until the next month.
    const { rows } = await pool.query<{ carried: bigint }>(
      "SELECT billing.carry_transfers(date_trunc('month', now(), 'UTC') - $1 * interval '1 year', $2) AS carried",
      [ledgerYears, pairsPerTransactionMax],
    );
    if (!rows[0]?.carried) return;
  }
}
