import { transaction, type Connection, type Pool } from '@tacet/database';
import type { Clock } from '../clock.ts';
import type { AccountEvents } from '../events.ts';
import type { Peers } from '../peers.ts';
import { closeLedger } from './close-ledger.ts';
import { recordOutcome, takeDueDeletion, type Deletion, type DeletionStep, type StepOutcome } from './deletion.ts';
import { forgetLedger } from './forget-ledger.ts';
import type { ReceiptSigner } from './receipt-signer.ts';
import { removeRows } from './remove-rows.ts';
import { shredKeys } from './shred-keys.ts';
import { writeReceipt } from './write-receipt.ts';

export interface DeletionDependencies {
  readonly pool: Pool;
  readonly peers: Peers;
  readonly signer: ReceiptSigner;
  readonly clock: Clock;
  readonly events: AccountEvents;
}

const firstRetryMs = 1_000;
const retryMsMax = 60_000;

/**
 * Runs every step of every deletion that is due. Replicas may all do so at once: a step holds a lock on its row, and
 * what it did is written in the same transaction. A step that fails is tried again, ever more slowly, for ever.
 */
export async function runDeletions(dependencies: DeletionDependencies, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await runDueStep(dependencies, signal)));
}

/** Runs one step; false when none was due. */
async function runDueStep(dependencies: DeletionDependencies, signal: AbortSignal): Promise<boolean> {
  const { pool, clock, events } = dependencies;
  let taken: Deletion | undefined;
  try {
    const outcome = await transaction(pool, async (connection) => {
      taken = await takeDueDeletion(connection, clock());
      if (!taken) return undefined;
      const result = await steps[taken.step](connection, dependencies, taken, signal);
      await recordOutcome(connection, taken, result, clock());
      return result;
    });
    if (!taken || !outcome) return false;
    if (outcome.done) events.deletionStep(taken.step);
    if (outcome.done && taken.step === 'receipt') events.deletionFinished();
    return true;
  } catch (error) {
    if (!taken) throw error;
    // The process stops: the step is due at once wherever the deletion goes on.
    if (signal.aborted) return false;
    events.deletionStepFailed(taken.step, taken.attempts + 1, error);
    await postpone(pool, taken, clock());
    return true;
  }
}

type Step = (connection: Connection, dependencies: DeletionDependencies, deletion: Deletion, signal: AbortSignal) => Promise<StepOutcome>;

const steps: Readonly<Record<DeletionStep, Step>> = {
  shred: (_connection, { peers }, deletion, signal) => shredKeys(peers.keys, deletion, signal),
  close: (_connection, { peers, clock }, deletion, signal) => closeLedger(peers.ledger, deletion, clock(), signal),
  rows: (connection, _dependencies, deletion) => removeRows(connection, deletion),
  forget: (_connection, { peers }, deletion, signal) => forgetLedger(peers.ledger, deletion, signal),
  receipt: (connection, { signer, clock }, deletion) => writeReceipt(connection, signer, deletion, clock()),
};

async function postpone(pool: Pool, { accountId, step, attempts }: Deletion, nowMs: number): Promise<void> {
  const waitMs = Math.min(firstRetryMs * 2 ** attempts, retryMsMax);
  await pool.query('UPDATE account.deletion SET attempts = attempts + 1, next_attempt_at = $3 WHERE account_id = $1 AND step = $2', [
    accountId,
    step,
    new Date(nowMs + waitMs),
  ]);
}
