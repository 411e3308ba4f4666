import { TacetError } from '@tacet/errors';
import { idBytes } from '../identifiers.ts';
import type { Peers } from '../peers.ts';
import type { Deletion, RemovedCounts, StepOutcome } from './deletion.ts';

const forgetMs = 20_000;

/** Has billing remove what it keeps of the account and forget its id. Repeating it is harmless. */
export async function forgetLedger(ledger: Peers['ledger'], { accountId }: Deletion, signal: AbortSignal): Promise<StepOutcome> {
  try {
    const { removed } = await ledger.ForgetAccount({ accountId: idBytes(accountId) }, { deadlineMs: forgetMs, signal });
    return { done: true, removed: toCounts(removed) };
  } catch (error) {
    // It never had a balance.
    if (error instanceof TacetError && error.code === 'not_found') return { done: true };
    throw error;
  }
}

function toCounts(removed: Readonly<Record<string, string | number>>): RemovedCounts {
  return Object.fromEntries(Object.entries(removed).map(([table, rows]) => [`billing_${table}`, Number(rows)]));
}
