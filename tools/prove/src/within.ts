import { setTimeout as sleep } from 'node:timers/promises';
import { ClaimBroken } from './claim.ts';

/** Waits for what a claim promises to come true. Throws `ClaimBroken` when it has not after `timeoutMs`. */
export async function within(timeoutMs: number, promise: string, probe: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + timeoutMs; ; await sleep(50)) {
    if (await probe()) return;
    if (performance.now() > end) throw new ClaimBroken(`not so after ${timeoutMs / 1000} s: ${promise}`);
  }
}
