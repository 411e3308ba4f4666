import type { TacetError } from '@tacet/errors';
import type { Caller } from './keys/caller.ts';

/** How often running requests are looked at for limits of time, checkpoints and keep-alives. */
const sweepMs = 250;

/** A request under way, as the rest of the edge may touch it. */
export interface RunningRequest {
  readonly caller: Caller;
  /** Its place among those that run; `RunningRequests` alone reads and sets it. */
  place: number;
  /** Ends it now, its records written, and tells the client why. */
  cut(error: TacetError): void;
  sweep(nowMs: number): void;
}

/**
 * All requests that hold a slot. Whose they are is looked for only when a key changes: requests come far more often.
 *
 * An array, because a `Set` that is added to and deleted from without end makes V8 keep what was deleted: each of its tables,
 * once it is outgrown, points to the next one, and the first that reaches the old generation takes all later ones there with
 * all that they held.
 */
export class RunningRequests {
  readonly #all: RunningRequest[] = [];
  readonly #timer: NodeJS.Timeout;
  #whenEmpty: (() => void)[] = [];

  constructor(monotonicMs: () => number) {
    this.#timer = setInterval(() => {
      const now = monotonicMs();
      // From the end: one that ends meanwhile has its place taken by one that was looked at.
      for (let place = this.#all.length - 1; place >= 0; place--) this.#all[place]?.sweep(now);
    }, sweepMs);
    this.#timer.unref();
  }

  get size(): number {
    return this.#all.length;
  }

  add(request: RunningRequest): void {
    request.place = this.#all.push(request) - 1;
  }

  remove(request: RunningRequest): void {
    if (this.#all[request.place] !== request) return;
    const last = this.#all.pop();
    if (last !== undefined && last !== request) {
      this.#all[request.place] = last;
      last.place = request.place;
    }
    if (this.#all.length === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  /** Requests of a key or account (hex). */
  of(id: string): readonly RunningRequest[] {
    return this.#all.filter(({ caller }) => caller.identity === id || caller.account === id);
  }

  /** Who has requests running, each once. */
  callers(): Caller[] {
    return [...new Map(this.#all.map(({ caller }) => [caller.name, caller])).values()];
  }

  cutAll(error: TacetError): void {
    // Each leaves the array as it is cut.
    for (const request of this.#all.slice()) request.cut(error);
  }

  /** Resolves when none runs, or `signal` is aborted. */
  whenEmpty(signal: AbortSignal): Promise<void> {
    if (this.#all.length === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
