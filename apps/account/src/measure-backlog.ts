import type { Queryable } from '@tacet/database';
import type { AccountMetrics } from './metrics.ts';

/** What sagas have still to finish; each is a count of rows that an index holds apart. */
const backlogs = {
  openings: "SELECT count(*)::int AS rows FROM account.account WHERE status = 'opening'",
  deletions: 'SELECT count(*)::int AS rows FROM account.deletion',
  reseals: 'SELECT count(*)::int AS rows FROM account.conversation WHERE reseal_pending',
} as const;

/** Sets the gauges of unfinished work, by which an operator sees a saga that does not get on. */
export async function measureBacklog(db: Queryable, metrics: AccountMetrics): Promise<void> {
  for (const [kind, sql] of Object.entries(backlogs)) {
    const { rows } = await db.query<{ rows: number }>(sql);
    metrics.backlog.set({ kind }, rows[0]?.rows ?? 0);
  }
}
