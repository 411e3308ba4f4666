import type { Queryable } from '@tacet/database';
import type { DekPlace } from '../deks/dek-table.ts';
import type { KekVersion } from '../providers/key-provider.ts';

/** How far the rewrapping of all DEKs of a key has come: the row of `keystore.rewrap_job`. */
export interface RewrapJob {
  /** The KEK version that it wraps under. */
  readonly target: number;
  /** Everything before it is done. */
  readonly cursor: DekPlace;
  readonly done: number;
  /** DEKs that could not be unwrapped and stay as they are. */
  readonly skipped: number;
  readonly total: number;
  readonly isFinished: boolean;
}

interface RawJobRow {
  readonly target_version: bigint;
  readonly cursor_partition: number;
  readonly cursor_account: string | null;
  readonly cursor_version: bigint | null;
  readonly done: bigint;
  readonly skipped: bigint;
  readonly total: bigint;
  readonly finished_at: Date | null;
}

/** The job of a key, locked until the transaction ends; undefined: there was never one. */
export async function lockRewrapJob(db: Queryable, provider: string, kekId: string): Promise<RewrapJob | undefined> {
  const { rows } = await db.query<RawJobRow>(
    `SELECT target_version, cursor_partition, cursor_account, cursor_version, done, skipped, total, finished_at
     FROM keystore.rewrap_job WHERE (provider, kek_id) = ($1, $2) FOR UPDATE`,
    [provider, kekId],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { cursor_account: account, cursor_version: version } = row;
  return {
    target: Number(row.target_version),
    cursor: { partition: row.cursor_partition, last: account === null || version === null ? undefined : { account, version: Number(version) } },
    done: Number(row.done),
    skipped: Number(row.skipped),
    total: Number(row.total),
    isFinished: row.finished_at !== null,
  };
}

/** Begins the job of a key anew. */
export async function beginRewrapJob(db: Queryable, provider: string, kek: KekVersion, total: number, nowMs: number): Promise<void> {
  await db.query(
    `INSERT INTO keystore.rewrap_job (provider, kek_id, target_version, cursor_partition, done, skipped, total, started_at)
     VALUES ($1, $2, $3, 0, 0, 0, $4, $5)
     ON CONFLICT (provider, kek_id) DO UPDATE
     SET target_version = excluded.target_version, cursor_partition = 0, cursor_account = NULL, cursor_version = NULL, done = 0, skipped = 0,
         total = excluded.total, started_at = excluded.started_at, finished_at = NULL`,
    [provider, kek.kekId, kek.version, total, new Date(nowMs)],
  );
}

/** Writes down how far the job has come. */
export async function saveRewrapJob(db: Queryable, provider: string, kekId: string, job: RewrapJob, nowMs: number): Promise<void> {
  const { cursor, done, skipped, total, isFinished } = job;
  await db.query(
    `UPDATE keystore.rewrap_job
     SET cursor_partition = $3, cursor_account = $4, cursor_version = $5, done = $6, skipped = $7, total = $8, finished_at = $9
     WHERE (provider, kek_id) = ($1, $2)`,
    [provider, kekId, cursor.partition, cursor.last?.account, cursor.last?.version, done, skipped, total, isFinished ? new Date(nowMs) : null],
  );
}
