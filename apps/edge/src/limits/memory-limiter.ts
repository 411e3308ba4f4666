import { LRUCache } from 'lru-cache';
import { countersMax, windowMs, type Limiter, type LimitVerdict } from './limiter.ts';

interface Counter {
  window: number;
  used: number;
}

/** Counts in this process alone. `wallMs`: UTC milliseconds. */
export function memoryLimiter(wallMs: () => number): Limiter {
  const counters = new LRUCache<string, Counter>({ max: countersMax });
  return {
    take: (name, limit): LimitVerdict => {
      const now = wallMs();
      const window = Math.floor(now / windowMs);
      let counter = counters.get(name);
      if (counter === undefined) {
        counter = { window, used: 0 };
        counters.set(name, counter);
      }
      if (counter.window !== window) {
        counter.window = window;
        counter.used = 0;
      }
      const isAllowed = counter.used < limit;
      if (isAllowed) counter.used++;
      return { isAllowed, limit, remaining: Math.max(0, limit - counter.used), resetMs: (window + 1) * windowMs - now };
    },
    stop: async () => undefined,
  };
}
