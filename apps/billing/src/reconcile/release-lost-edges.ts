import type { Pool, Queryable } from '@tacet/database';
import type { Events } from '../events.ts';
import { readDatabaseTime } from '../leases/edge-answer.ts';
import { sweepLeases } from '../leases/sweep-leases.ts';
import type { Metrics } from '../metrics.ts';
import type { SessionTimes } from '../session-times.ts';
import type { ServingClock } from './serving-clock.ts';

/** Where usage travels through Kafka; undefined without Kafka. */
export interface UsageLog {
  readonly name: string;
  /** Where the logs end now, by partition. Throws when Kafka cannot be asked. */
  readLogEnds(): Promise<readonly bigint[]>;
}

export interface ReleaseOptions {
  readonly pool: Pool;
  readonly times: SessionTimes;
  readonly usageLog: UsageLog | undefined;
  readonly serving: ServingClock;
  readonly metrics: Metrics;
  readonly events: Events;
}

/**
 * Gives back what lost edges hold. Their sessions have expired; they are released only after everything that was in
 * Kafka then has been applied, only if billing has served heartbeats for one lifetime, and not within one lifetime of a
 * failover. What still arrives afterwards is late. Then sweeps the leases of dead epochs of all edges.
 */
export async function releaseLostEdges({ pool, times, usageLog, serving, metrics, events }: ReleaseOptions): Promise<void> {
  const servedMs = serving.look(Number(await readDatabaseTime(pool)));
  const settled = await timelineIsSettled(pool, times.lifetimeMs);
  const expired = await readExpired(pool);
  if (expired.length > 0) {
    const logEnds = usageLog ? await usageLog.readLogEnds() : [];
    for (const { edgeId, epoch } of expired) {
      await pool.query('SELECT billing.note_expiry($1, $2::bigint[])', [edgeId, logEnds]);
      if (servedMs < times.lifetimeMs || !settled) continue;
      const { rows } = await pool.query<{ released: boolean }>(
        "SELECT billing.release_edge($1, $2, $3, $4::bigint[], $5 * interval '1 ms') AS released",
        [edgeId, epoch, usageLog?.name ?? '', logEnds, times.graceMs],
      );
      if (!rows[0]?.released) continue;
      metrics.edgesReleased.inc();
      events.edgeReleased(edgeId, Number(epoch));
    }
  }
  for (const edgeId of await readEdgesToSweep(pool)) await sweepLeases(pool, edgeId);
}

/** The timeline is the first 8 digits of the name of a WAL file; it changes when a standby takes over. */
async function timelineIsSettled(database: Queryable, lifetimeMs: number): Promise<boolean> {
  const { rows } = await database.query<{ settled: boolean }>(
    "SELECT billing.timeline_is_settled(left(pg_walfile_name(pg_current_wal_lsn()), 8), $1 * interval '1 ms') AS settled",
    [lifetimeMs],
  );
  return rows[0]?.settled === true;
}

async function readExpired(database: Queryable): Promise<readonly { edgeId: string; epoch: bigint }[]> {
  const { rows } = await database.query<{ edgeId: string; epoch: bigint }>(
    'SELECT edge_id AS "edgeId", epoch FROM billing.edge_session WHERE NOT released AND expires_at < clock_timestamp() ORDER BY edge_id',
  );
  return rows;
}

async function readEdgesToSweep(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ edge_id: string }>(
    `SELECT s.edge_id FROM billing.edge_session s
      WHERE EXISTS (SELECT FROM billing.spend_lease l
                     WHERE l.edge_id = s.edge_id AND (l.epoch < s.epoch OR s.released AND l.epoch = s.epoch))
      ORDER BY s.edge_id`,
  );
  return rows.map((row) => row.edge_id);
}
