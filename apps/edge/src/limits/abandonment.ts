import { LRUCache } from 'lru-cache';
import { countersMax, windowMs } from './limiter.ts';

/** Requests that a key may give up before their prompt is billed, per minute. */
export const abandonedMax = 10;

/**
 * Counts requests that were given up before the worker had told how long the prompt is: it was read and is not billed.
 * That is before the first token, and at workers which tell usage only at the end also later. Only a key that does so
 * often is stopped, and only for the rest of the minute.
 */
export class Abandonment {
  readonly #wallMs: () => number;
  readonly #counters = new LRUCache<string, { window: number; count: number }>({ max: countersMax });

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  note(name: string): void {
    const window = Math.floor(this.#wallMs() / windowMs);
    const counter = this.#counters.get(name);
    if (counter?.window === window) counter.count++;
    else this.#counters.set(name, { window, count: 1 });
  }

  /** How long the key has to wait, in milliseconds; 0 = it need not. */
  waitMs(name: string): number {
    const counter = this.#counters.get(name);
    if (counter === undefined || counter.count < abandonedMax) return 0;
    const now = this.#wallMs();
    return Math.max(0, (counter.window + 1) * windowMs - now);
  }
}
