import type { Pool } from '@tacet/database';
import type { Events } from '../events.ts';
import { transferId } from '../ledger/transfer-id.ts';
import { rowsPerTransactionMax } from '../limits.ts';
import type { Metrics } from '../metrics.ts';

/** A period is closed this long after its end, by the database's clock. */
const closeAfter = "interval '1 hour'";

interface DuePeriod {
  readonly account: string;
  readonly no_log: boolean;
  /** YYYY-MM-DD: the day, or the first day of the month. */
  readonly period: string;
}

/** Closes the days and months that have ended: each account's sum becomes one transfer. */
export async function closePeriods(pool: Pool, metrics: Metrics, events: Events): Promise<void> {
  let closed = 0;
  for (;;) {
    const due = await readDue(pool);
    if (due.length > 0) await close(pool, due);
    closed += due.length;
    if (due.length < rowsPerTransactionMax) break;
  }
  await closeDeleted(pool);
  if (closed === 0) return;
  metrics.periodsClosed.inc(closed);
  events.periodsClosed(closed);
}

async function readDue(pool: Pool): Promise<readonly DuePeriod[]> {
  const { rows } = await pool.query<DuePeriod>(
    `SELECT account_id AS account, no_log, period::text FROM billing.usage_period
      WHERE NOT closed
        AND period + CASE WHEN no_log THEN interval '1 month' ELSE interval '1 day' END + ${closeAfter} <= clock_timestamp() AT TIME ZONE 'UTC'
      GROUP BY account_id, no_log, period ORDER BY account_id, no_log, period LIMIT $1`,
    [rowsPerTransactionMax],
  );
  return rows;
}

async function close(pool: Pool, due: readonly DuePeriod[]): Promise<void> {
  const idOf = (kind: 'usage' | 'loss_late' | 'loss_bound') =>
    due.map((one) => transferId(kind, one.account, one.no_log ? one.period.slice(0, 7) : one.period));
  await pool.query('SELECT billing.close_periods($1::uuid[], $2::boolean[], $3::date[], $4::uuid[], $5::uuid[], $6::uuid[])', [
    due.map((one) => one.account),
    due.map((one) => one.no_log),
    due.map((one) => one.period),
    idOf('usage'),
    idOf('loss_late'),
    idOf('loss_bound'),
  ]);
}

async function closeDeleted(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ period: string }>(
    `SELECT period::text FROM billing.deleted_usage
      WHERE NOT closed AND period + interval '1 day' + ${closeAfter} <= clock_timestamp() AT TIME ZONE 'UTC' ORDER BY period`,
  );
  for (const { period } of rows) await pool.query('SELECT billing.close_deleted($1, $2)', [period, transferId('loss_deleted', period)]);
}
