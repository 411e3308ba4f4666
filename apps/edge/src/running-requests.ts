import type { TacetError } from '@tacet/errors';
import type { Caller } from './keys/caller.ts';

/** How often running requests are looked at for limits of time, checkpoints and keep-alives. */
const sweepMs = 250;

/** A request under way, as the rest of the edge may touch it. */
export interface RunningRequest {
  readonly caller: Caller;
  /** Ends it now, its records written, and tells the client why. */
  cut(error: TacetError): void;
  sweep(nowMs: number): void;
}

/** All requests that hold a slot. Whose they are is looked for only when a key changes: requests come far more often. */
export class RunningRequests {
  readonly #all = new Set<RunningRequest>();
  readonly #timer: NodeJS.Timeout;
  #whenEmpty: (() => void)[] = [];

  constructor(monotonicMs: () => number) {
    this.#timer = setInterval(() => {
      const now = monotonicMs();
      for (const request of this.#all) request.sweep(now);
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
    this.#all.delete(request);
    if (this.#all.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  /** Requests of a key or account (hex). */
  of(id: string): readonly RunningRequest[] {
    return [...this.#all].filter(({ caller }) => caller.identity === id || caller.account === id);
  }

  /** Who has requests running, each once. */
  callers(): Caller[] {
    return [...new Map([...this.#all].map(({ caller }) => [caller.name, caller])).values()];
  }

  cutAll(error: TacetError): void {
    for (const request of this.#all) request.cut(error);
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
