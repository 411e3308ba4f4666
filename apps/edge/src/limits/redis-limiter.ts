import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { countersMax, standingOf, windowMs, type Limiter, type LimitVerdict, type Standing } from './limiter.ts';
import { RedisConnection, type RedisConnectionOptions } from './redis-connection.ts';
import { RedisPermits } from './redis-permits.ts';

/** Shares of a window that are drawn at once. */
const slicesPerWindow = 8;
/** How often slices are drawn ahead in the background. */
const refillMs = 100;
/** How long a request waits for a slice before this edge's own share decides. */
const drawMsMax = 100;
/** Slices drawn with one round trip. */
const drawsMax = 1_000;

interface Counter {
  readonly key: string;
  window: number;
  limit: number;
  granted: number;
  used: number;
  /** What the window had left after the last draw. */
  left: number;
  waiting: number;
  drawing: Promise<void> | undefined;
}

export interface RedisLimiterOptions extends RedisConnectionOptions {
  readonly monotonicMs: () => number;
}

/**
 * Counts together with other edges: each draws slices of a window from Redis and decides in memory. A slice is
 * drawn in the background before the last one is used up; only a name that has none waits for one. Where Redis
 * does not answer, an edge allows its share of the limit.
 */
export function redisLimiter(options: RedisLimiterOptions): Limiter {
  return new RedisLimiter(options);
}

class RedisLimiter implements Limiter {
  readonly #wallMs: () => number;
  readonly #redis: RedisConnection;
  readonly #permits: RedisPermits;
  readonly #counters = new LRUCache<string, Counter>({ max: countersMax });
  /** Counters used since the last refill. */
  readonly #active = new Set<Counter>();
  readonly #refillTimer: NodeJS.Timeout;

  constructor(options: RedisLimiterOptions) {
    this.#wallMs = options.wallMs;
    this.#redis = new RedisConnection(options);
    this.#permits = new RedisPermits(this.#redis, options.monotonicMs);
    this.#refillTimer = setInterval(() => this.#refill(), refillMs).unref();
  }

  take(name: string, limit: number, amount: number): LimitVerdict | Promise<LimitVerdict> {
    const counter = this.#counterOf(name, limit);
    this.#active.add(counter);
    if (counter.used + amount <= counter.granted) return this.#use(counter, amount);
    if (this.#redis.isLost) return this.#useShare(counter, amount);
    // What is left only becomes less until the window ends.
    if (counter.used + amount > counter.granted + counter.left) return this.#refuse(counter);
    return this.#drawThenTake(name, counter, amount);
  }

  settle(name: string, difference: number, takenResetAtMs: number): void {
    const counter = this.#counters.get(name);
    if (counter === undefined) return;
    this.#roll(counter, counter.limit);
    if (difference < 0 && (counter.window + 1) * windowMs !== takenResetAtMs) return;
    // What goes beyond the slices in hand is owed, and drawn with the next one.
    counter.used = Math.max(0, counter.used + difference);
    if (difference > 0) this.#active.add(counter);
  }

  standing(name: string, limit: number): Standing {
    const counter = this.#counterOf(name, limit);
    return this.#standing(counter, counter.granted - counter.used + counter.left);
  }

  enter(name: string, limit: number): boolean | Promise<boolean> {
    return this.#permits.enter(name, limit);
  }

  leave(name: string): void {
    this.#permits.leave(name);
  }

  async stop(): Promise<void> {
    clearInterval(this.#refillTimer);
    await this.#permits.stop();
    await this.#redis.stop();
  }

  #counterOf(name: string, limit: number): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      // Redis sees hashes only, and keeps them for two windows.
      counter = { key: hash('sha256', name, 'hex').slice(0, 32), window: -1, limit, granted: 0, used: 0, left: limit, waiting: 0, drawing: undefined };
      this.#counters.set(name, counter);
    }
    this.#roll(counter, limit);
    return counter;
  }

  /** Begins anew where the window or the limit is another one. */
  #roll(counter: Counter, limit: number): void {
    const window = Math.floor(this.#wallMs() / windowMs);
    if (counter.window !== window || counter.limit !== limit) Object.assign(counter, { window, limit, granted: 0, used: 0, left: limit });
  }

  async #drawThenTake(name: string, counter: Counter, amount: number): Promise<LimitVerdict> {
    counter.waiting += amount;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, drawMsMax)));
    await Promise.race([this.#draw(counter), late]);
    clearTimeout(timer);
    counter.waiting -= amount;
    const now = this.#counterOf(name, counter.limit);
    if (now.used + amount <= now.granted) return this.#use(now, amount);
    if (this.#redis.isLost) return this.#useShare(now, amount);
    if (now.used + amount > now.granted + now.left) return this.#refuse(now);
    // Others were faster than the slice was large, or Redis is slow.
    return now.granted > 0 ? this.#drawThenTake(name, now, amount) : this.#useShare(now, amount);
  }

  /** One draw at a time for each counter; whoever needs it waits for the same. */
  #draw(counter: Counter): Promise<void> {
    counter.drawing ??= this.#drawNow(counter).finally(() => (counter.drawing = undefined));
    return counter.drawing;
  }

  async #drawNow(counter: Counter): Promise<void> {
    // The end of this tick, so that all who came in it are counted in.
    await new Promise((resolve) => setImmediate(resolve));
    const { window, limit, key } = counter;
    // What passed while Redis was gone, or turned out to be more than was taken, is owed.
    const need = Math.max(0, counter.waiting + counter.used - counter.granted);
    const drawn = await this.#redis.draw(`${key}:${window}`, limit, need, Math.ceil(limit / slicesPerWindow), slicesPerWindow, 2 * windowMs);
    if (drawn === undefined || counter.window !== window || counter.limit !== limit) return;
    counter.granted += drawn[0];
    counter.left = drawn[1];
  }

  /** Draws ahead for whoever used most of a slice, so that the next request finds one. */
  #refill(): void {
    let draws = 0;
    for (const counter of this.#active) {
      if (draws >= drawsMax) return;
      this.#active.delete(counter);
      const slice = Math.ceil(counter.limit / slicesPerWindow);
      if (this.#redis.isLost || counter.left <= 0 || counter.granted - counter.used >= slice / 2) continue;
      draws++;
      void this.#draw(counter);
    }
  }

  #use(counter: Counter, amount: number): LimitVerdict {
    counter.used += amount;
    return { isAllowed: true, ...this.#standing(counter, counter.granted - counter.used + counter.left) };
  }

  #refuse(counter: Counter): LimitVerdict {
    return { isAllowed: false, ...this.#standing(counter, counter.granted - counter.used + counter.left) };
  }

  /** Redis is gone: this edge's share of what all edges together may pass. */
  #useShare(counter: Counter, amount: number): LimitVerdict {
    const share = this.#redis.shareOf(counter.limit);
    const taken = Math.min(amount, share);
    const isAllowed = counter.used + taken <= share;
    if (isAllowed) counter.used += taken;
    return { isAllowed, ...this.#standing(counter, share - counter.used) };
  }

  #standing({ limit, window }: Counter, left: number): Standing {
    return standingOf(window, limit, left, this.#wallMs());
  }
}
