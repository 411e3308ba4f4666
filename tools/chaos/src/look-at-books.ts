import { eventually } from '@tacet/testing';
import type { BackOffice } from './back-office.ts';
import type { BookCheck } from './check-books.ts';
import type { ClientReceipt } from './load.ts';
import { checkAtRest, waitForRest } from './rest.ts';
import type { Stage } from './stage.ts';
import type { Targets } from './targets.ts';

/** What came of a run. */
export interface ChaosResult {
  readonly holds: boolean;
  readonly problems: readonly string[];
  /** The totals, in one line. */
  readonly line: string;
}

const readMsMax = 60_000;

/** Waits for rest and checks everything. `run`: what the totals are of, such as `seed=1 kills=25`. */
export async function lookAtBooks(stage: Stage, targets: Targets, receipts: readonly ClientReceipt[], run: string): Promise<ChaosResult> {
  let unrest: string | undefined;
  try {
    await waitForRest(stage, targets);
  } catch (error) {
    unrest = error instanceof Error ? error.message : String(error);
  }
  const { check, office } = await eventually('the books are read', () => checkAtRest(stage, targets, receipts), readMsMax);
  if (unrest !== undefined) check.reportUnrest(unrest);
  return { holds: check.problems.length === 0, problems: check.problems, line: totalsLine(check, office, run) };
}

function totalsLine({ totals, problems }: BookCheck, { lateNano, boundNano, deletedNano, deadLetters }: BackOffice, run: string): string {
  const { requests, repriced, sent, received, settled, lost, doubled, overspent } = totals;
  const money = Object.entries({ sent, received, settled, lost, doubled, overspent, late: lateNano, bound: boundNano, deleted: deletedNano });
  return `chaos ${run} requests=${requests} repriced=${repriced} aside=${deadLetters.length} ${money.map(([name, nano]) => `${name}=${nano}`).join(' ')} nano-USD: ${problems.length === 0 ? 'every invariant holds' : `${problems.length} WRONG`}`;
}
