import type { Connection } from '@tacet/database';

/** The steps of a deletion, in their order. */
export const deletionSteps = ['shred', 'close', 'rows', 'forget', 'receipt'] as const;
export type DeletionStep = (typeof deletionSteps)[number];

/** Numbers of rows that were removed, by what they were. */
export type RemovedCounts = Readonly<Record<string, number>>;

/** A deletion under way. */
export interface Deletion {
  readonly accountId: string;
  readonly step: DeletionStep;
  readonly stepBeganAtMs: number;
  readonly attempts: number;
  readonly requestedAtMs: number;
  readonly receiptHash: Buffer;
  /** When no replica can hold a key of the account any more; known after `shred`. */
  readonly unreadableAfterMs: number | undefined;
  /** When no backup of the keystore holds one any more; known after `shred`. */
  readonly backupsEndMs: number | undefined;
  readonly removed: RemovedCounts;
}

/** What a step did: it is done, or is to be looked at again after a while. Both may have counted and learnt. */
export interface StepOutcome {
  readonly done: boolean;
  /** When not done: when to go on. */
  readonly againInMs?: number;
  readonly removed?: RemovedCounts;
  readonly unreadableAfterMs?: number;
  readonly backupsEndMs?: number;
}

interface DeletionRow {
  account_id: string;
  step: DeletionStep;
  step_began_at: Date;
  attempts: number;
  requested_at: Date;
  receipt_hash: Buffer;
  unreadable_after: Date | null;
  backups_end: Date | null;
  removed: RemovedCounts;
}

/**
 * A step is looked at again after so long at the latest. What is to wait for longer was written by a clock that was wrong, and is
 * due: a deletion must not wait until that time comes.
 */
const waitMsMax = 3_600_000;

/** Takes the deletion that has waited longest and locks it until the transaction ends; others skip it. */
export async function takeDueDeletion(connection: Connection, nowMs: number): Promise<Deletion | undefined> {
  const { rows } = await connection.query<DeletionRow>(
    `SELECT account_id, step, step_began_at, attempts, requested_at, receipt_hash, unreadable_after, backups_end, removed
     FROM account.deletion WHERE next_attempt_at <= $1 OR next_attempt_at > $2 ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [new Date(nowMs), new Date(nowMs + waitMsMax)],
  );
  const [row] = rows;
  return (
    row && {
      accountId: row.account_id,
      step: row.step,
      stepBeganAtMs: row.step_began_at.getTime(),
      attempts: row.attempts,
      requestedAtMs: row.requested_at.getTime(),
      receiptHash: row.receipt_hash,
      unreadableAfterMs: row.unreadable_after?.getTime(),
      backupsEndMs: row.backups_end?.getTime(),
      removed: row.removed,
    }
  );
}

/** Writes down what a step did, in its transaction. */
export async function recordOutcome(connection: Connection, deletion: Deletion, outcome: StepOutcome, nowMs: number): Promise<void> {
  const next = outcome.done ? deletionSteps[deletionSteps.indexOf(deletion.step) + 1] : deletion.step;
  if (next === undefined) {
    await connection.query('DELETE FROM account.deletion WHERE account_id = $1', [deletion.accountId]);
    return;
  }
  const { unreadableAfterMs = deletion.unreadableAfterMs, backupsEndMs = deletion.backupsEndMs } = outcome;
  await connection.query(
    `UPDATE account.deletion SET step = $2, step_began_at = CASE WHEN step = $2 THEN step_began_at ELSE $3 END,
       next_attempt_at = $4, attempts = 0,
       unreadable_after = $5, backups_end = $6, removed = $7 WHERE account_id = $1`,
    [
      deletion.accountId,
      next,
      new Date(nowMs),
      new Date(nowMs + Math.min(outcome.againInMs ?? 0, waitMsMax)),
      unreadableAfterMs === undefined ? null : new Date(unreadableAfterMs),
      backupsEndMs === undefined ? null : new Date(backupsEndMs),
      JSON.stringify(sumCounts(deletion.removed, outcome.removed ?? {})),
    ],
  );
}

/** The sums of two lists of counts. */
export function sumCounts(a: RemovedCounts, b: RemovedCounts): RemovedCounts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
