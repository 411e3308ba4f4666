import { LRUCache } from 'lru-cache';
import { countersMax, standingOf, windowMs, type Limiter, type LimitVerdict, type Standing } from './limiter.ts';

interface Counter {
  window: number;
  used: number;
}

/** Counts in this process alone. `wallMs`: UTC milliseconds. */
export function memoryLimiter(wallMs: () => number): Limiter {
  return new MemoryLimiter(wallMs);
}

class MemoryLimiter implements Limiter {
  readonly #wallMs: () => number;
  readonly #counters = new LRUCache<string, Counter>({ max: countersMax });
  /** What runs, by name; as many as requests run at most. */
  readonly #running = new Map<string, number>();

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  take(name: string, limit: number, amount: number): LimitVerdict {
    const now = this.#wallMs();
    const counter = this.#counterOf(name, now);
    const isAllowed = counter.used + amount <= limit;
    if (isAllowed) counter.used += amount;
    return { isAllowed, ...standingOf(counter.window, limit, limit - counter.used, now) };
  }

  settle(name: string, difference: number, takenResetAtMs: number): void {
    const counter = this.#counterOf(name, this.#wallMs());
    if (difference < 0 && (counter.window + 1) * windowMs !== takenResetAtMs) return;
    counter.used = Math.max(0, counter.used + difference);
  }

  standing(name: string, limit: number): Standing {
    const now = this.#wallMs();
    const { window, used } = this.#counterOf(name, now);
    return standingOf(window, limit, limit - used, now);
  }

  enter(name: string, limit: number): boolean {
    const running = this.#running.get(name) ?? 0;
    if (running >= limit) return false;
    this.#running.set(name, running + 1);
    return true;
  }

  leave(name: string): void {
    const running = (this.#running.get(name) ?? 1) - 1;
    if (running > 0) this.#running.set(name, running);
    else this.#running.delete(name);
  }

  async stop(): Promise<void> {
    this.#running.clear();
  }

  #counterOf(name: string, now: number): Counter {
    const window = Math.floor(now / windowMs);
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = { window, used: 0 };
      this.#counters.set(name, counter);
    }
    if (counter.window !== window) {
      counter.window = window;
      counter.used = 0;
    }
    return counter;
  }
}
