import type { Connection, Pool, Queryable } from '@tacet/database';
import type { LogBounds } from './usage-topic.ts';

/** A position in the log of a partition, as Postgres has it: what was applied is what lies before it. */
export interface StoredOffset {
  readonly clusterId: string;
  readonly next: bigint;
}

/** Reads the position of a partition and locks it until the end of the transaction. */
export async function lockStoredOffset(connection: Connection, topic: string, partition: number): Promise<StoredOffset | undefined> {
  const { rows } = await connection.query<StoredOffset>(
    'SELECT cluster_id AS "clusterId", next_offset AS next FROM billing.kafka_offset WHERE topic = $1 AND partition = $2 FOR UPDATE',
    [topic, partition],
  );
  return rows[0];
}

/** Moves a position on, in the transaction that locked it. */
export async function moveStoredOffset(connection: Connection, topic: string, partition: number, next: bigint): Promise<void> {
  await connection.query('UPDATE billing.kafka_offset SET next_offset = $3 WHERE topic = $1 AND partition = $2', [topic, partition, next]);
}

/** Puts a position where reading shall go on, unless somebody else moved it meanwhile. */
export async function replaceStoredOffset(
  database: Queryable,
  topic: string,
  partition: number,
  old: StoredOffset | undefined,
  now: StoredOffset,
): Promise<void> {
  await database.query(
    `INSERT INTO billing.kafka_offset AS k (topic, partition, cluster_id, next_offset) VALUES ($1, $2, $3, $4)
     ON CONFLICT (topic, partition) DO UPDATE SET cluster_id = excluded.cluster_id, next_offset = excluded.next_offset
     WHERE k.cluster_id = $5 AND k.next_offset = $6`,
    [topic, partition, now.clusterId, now.next, old?.clusterId ?? null, old?.next ?? null],
  );
}

/** The positions of all partitions of a topic. */
export async function readStoredOffsets(pool: Pool, topic: string): Promise<ReadonlyMap<number, StoredOffset>> {
  const { rows } = await pool.query<StoredOffset & { partition: number }>(
    'SELECT partition, cluster_id AS "clusterId", next_offset AS next FROM billing.kafka_offset WHERE topic = $1',
    [topic],
  );
  return new Map(rows.map(({ partition, clusterId, next }) => [partition, { clusterId, next }]));
}

/** Whether reading can go on at a position: it is of this cluster and lies within the log, whose bounds were read after it. */
export function fitsLog(stored: StoredOffset | undefined, clusterId: string, { low, high }: LogBounds): stored is StoredOffset {
  return stored?.clusterId === clusterId && stored.next >= low && stored.next <= high;
}
