import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { isDataError } from '../database-errors.ts';
import type { Events } from '../events.ts';
import { leasesPerCommitMax, leasesWaitingMax } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { setLeases, type LeaseAnswer, type LeaseCall } from './set-leases.ts';

interface Waiting {
  readonly call: LeaseCall;
  readonly resolve: (answer: LeaseAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers SetLease calls of all edges: while one commit is under way the next ones wait, and then share a commit. Under
 * load a commit carries hundreds of calls and a hot account costs no more than a cold one; a lone call waits for nobody.
 */
export class LeaseDesk {
  readonly #pool: Pool;
  readonly #metrics: Metrics;
  readonly #events: Events;
  readonly #waiting: Waiting[] = [];
  #working = false;

  constructor(pool: Pool, metrics: Metrics, events: Events) {
    this.#pool = pool;
    this.#metrics = metrics;
    this.#events = events;
  }

  /** Sets one lease. Throws `overloaded`, or what the database throws: then it may or may not have happened. */
  set(call: LeaseCall): Promise<LeaseAnswer> {
    if (this.#waiting.length >= leasesWaitingMax) return Promise.reject(new TacetError('overloaded'));
    const answer = new Promise<LeaseAnswer>((resolve, reject) => this.#waiting.push({ call, resolve, reject }));
    if (!this.#working) void this.#work();
    return answer;
  }

  async #work(): Promise<void> {
    this.#working = true;
    // The calls of one turn of the event loop arrive together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, leasesPerCommitMax));
    this.#working = false;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    this.#metrics.leaseBatch.observe(batch.length);
    try {
      const answers = await setLeases(
        this.#pool,
        batch.map(({ call }) => call),
      );
      for (const [at, { resolve, reject }] of batch.entries()) {
        const answer = answers[at];
        if (answer) resolve(answer);
        else reject(new Error('billing.set_leases left a call unanswered'));
      }
    } catch (error) {
      // One call that the database refuses must not fail those beside it.
      if (isDataError(error) && batch.length > 1) for (const one of batch) await this.#commit([one]);
      else {
        this.#events.leasesFailed(batch.length, error);
        for (const { reject } of batch) reject(error);
      }
    }
  }
}
