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

/** All requests that hold a slot, by key and by account, so that a revoked key's can be ended. */
export class RunningRequests {
  readonly #all = new Set<RunningRequest>();
  readonly #byId = new Map<string, Set<RunningRequest>>();
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
    for (const id of idsOf(request)) {
      const same = this.#byId.get(id);
      if (same) same.add(request);
      else this.#byId.set(id, new Set([request]));
    }
  }

  remove(request: RunningRequest): void {
    if (!this.#all.delete(request)) return;
    for (const id of idsOf(request)) {
      const same = this.#byId.get(id);
      same?.delete(request);
      if (same?.size === 0) this.#byId.delete(id);
    }
    if (this.#all.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  /** Requests of a key or account (hex). */
  of(id: string): readonly RunningRequest[] {
    return [...(this.#byId.get(id) ?? [])];
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

function idsOf({ caller }: RunningRequest): Set<string> {
  return new Set([caller.identity, caller.account]);
}
