import { setTimeout as sleep } from 'node:timers/promises';
import { RpcUnavailableError, type RpcClient } from '@tacet/rpc';

/** How often a broken stream is opened again without any progress in between. */
export const rewrapAttemptsMax = 5;
const waitMs = 1_000;

interface Progress {
  readonly done: bigint;
  readonly total: bigint;
  /** Keys that could not be unwrapped and stay as they are. */
  readonly skipped: bigint;
}

interface RewrapOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Before a stream is opened again; an argument so that tests need not wait. */
  readonly wait?: () => Promise<unknown>;
}

/**
 * Has key-service wrap every DEK under the newest KEK version. key-service remembers how far it is, so a stream that
 * breaks (a restart, the age limit of connections) is opened again and goes on from there. Throws what the last of
 * `rewrapAttemptsMax` attempts without progress threw.
 */
export async function rewrapAll(
  keys: Pick<RpcClient<'KeyService'>, 'RewrapAll'>,
  { signal, onProgress, wait = () => sleep(waitMs, undefined, { signal }) }: RewrapOptions,
): Promise<Progress> {
  let failures = 0;
  for (;;) {
    let failure: unknown = new Error('key-service ended the rewrap before it was finished');
    try {
      for await (const { done, total, skipped, finished } of keys.RewrapAll({}, { signal })) {
        const progress = { done: BigInt(done), total: BigInt(total), skipped: BigInt(skipped) };
        onProgress(progress);
        failures = 0;
        if (finished) return progress;
      }
    } catch (error) {
      if (!(error instanceof RpcUnavailableError)) throw error;
      failure = error;
    }
    if (signal.aborted || ++failures >= rewrapAttemptsMax) throw failure;
    await wait();
  }
}
