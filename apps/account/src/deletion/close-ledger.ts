import { TacetError } from '@tacet/errors';
import { idBytes } from '../identifiers.ts';
import type { Peers } from '../peers.ts';
import type { Deletion, StepOutcome } from './deletion.ts';

/** How long the closing waits for edges to give their leases back; then it is forced. */
export const closeWaitMs = 120_000;
const askAgainMs = 1_000;

/** Closes the account's leases, and whatever billing keeps elsewhere. Asked again until none is open, then forced. */
export async function closeLedger(
  ledger: Peers['ledger'],
  { accountId, stepBeganAtMs }: Deletion,
  nowMs: number,
  signal: AbortSignal,
): Promise<StepOutcome> {
  try {
    const { closed } = await ledger.CloseAccount(
      { accountId: idBytes(accountId), force: nowMs - stepBeganAtMs >= closeWaitMs },
      { signal },
    );
    return closed ? { done: true } : { done: false, againInMs: askAgainMs };
  } catch (error) {
    // It never had a balance.
    if (error instanceof TacetError && error.code === 'not_found') return { done: true };
    throw error;
  }
}
