import { setTimeout as sleep } from 'node:timers/promises';
import { toTacetError, type TacetError } from '@tacet/errors';
import type { Caller } from './keys/caller.ts';
import type { Directory, Subject } from './keys/directory.ts';
import type { RunningRequests } from './running-requests.ts';

/** How often, and how long apart, a changed key is asked for while its requests run on. */
const triesMax = 4;
const tryAgainMs = 150;

export interface RevocationOptions {
  readonly directory: Directory;
  readonly running: RunningRequests;
  readonly onCut: (reason: string, count: number) => void;
}

/**
 * What a change of a key or account does here: what is cached goes at once, and who has requests running is
 * looked up again. If they may not go on, or nobody answers, their requests are ended.
 */
export class Revocation {
  readonly #options: RevocationOptions;

  constructor(options: RevocationOptions) {
    this.#options = options;
  }

  /** A key or account (16 bytes) changed. */
  async changed(id: Buffer): Promise<void> {
    const { directory, running } = this.#options;
    const name = id.toString('hex');
    directory.cache.evict(name);
    const callers = new Map(running.of(name).map(({ caller }) => [caller.name, caller]));
    await Promise.all([...callers.values()].map((caller) => this.check(caller)));
  }

  /** Everything may have changed. */
  async reset(): Promise<void> {
    const { directory, running } = this.#options;
    directory.cache.clear();
    // One after the other: there can be thousands, and the directory has just come back.
    for (const caller of running.callers()) await this.check(caller);
  }

  /** Looks a caller up again, and ends their requests if they may not go on. */
  async check(caller: Caller): Promise<void> {
    const refusal = await this.#resolve(caller);
    if (refusal === undefined) return;
    const { running, onCut } = this.#options;
    const theirs = running.of(caller.identity).filter((request) => request.caller.name === caller.name);
    for (const request of theirs) request.cut(refusal);
    onCut(refusal.code, theirs.length);
  }

  /** Why the caller may not go on; undefined when they may. */
  async #resolve(caller: Caller): Promise<TacetError | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#options.directory.resolve(caller.name, subjectOf(caller));
        return undefined;
      } catch (error) {
        const refusal = toTacetError(error);
        if (refusal.code !== 'directory_stale' || tries >= triesMax) return refusal;
        await sleep(tryAgainMs);
      }
    }
  }
}

/** What to ask about: the cache's names are the hash of a key, or the account in text. */
function subjectOf(caller: Caller): Subject {
  return caller.name.length === 32 ? { hash: Buffer.from(caller.name, 'latin1') } : { accountId: caller.accountId };
}
