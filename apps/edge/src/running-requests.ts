import type { TacetError } from '@tacet/errors';
import type { Caller } from './keys/caller.ts';
import { Places, type Placed } from './places.ts';

/** How often running requests are looked at for limits of time, checkpoints and keep-alives. */
const sweepMs = 250;

/** A request under way, as the rest of the edge may touch it. */
export interface RunningRequest extends Placed {
  readonly caller: Caller;
  /** Ends it now, its records written, and tells the client why. */
  cut(error: TacetError): void;
  sweep(nowMs: number): void;
}

/** All requests that hold a slot. Whose they are is looked for only when a key changes: requests come far more often. */
export class RunningRequests {
  readonly #all = new Places<RunningRequest>();
  readonly #timer: NodeJS.Timeout;
  #whenEmpty: (() => void)[] = [];

  constructor(monotonicMs: () => number) {
    this.#timer = setInterval(() => {
      const now = monotonicMs();
      this.#all.visit((request) => request.sweep(now));
    }, sweepMs);
    this.#timer.unref();
  }

  get size(): number {
    return this.#all.size;
  }

  add(request: RunningRequest): void {
    this.#all.add(request);
  }

  remove(request: RunningRequest): void {
    if (this.#all.remove(request) && this.#all.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  /** Requests of a key or account (hex). */
  of(id: string): readonly RunningRequest[] {
    return this.#all.all().filter(({ caller }) => caller.identity === id || caller.account === id);
  }

  /** Who has requests running, each once. */
  callers(): Caller[] {
    return [...new Map(this.#all.all().map(({ caller }) => [caller.name, caller])).values()];
  }

  cutAll(error: TacetError): void {
    // Each leaves the array as it is cut.
    for (const request of this.#all.all()) request.cut(error);
  }

  /** Resolves when none runs, or `signal` is aborted. */
  whenEmpty(signal: AbortSignal): Promise<void> {
    if (this.#all.size === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
