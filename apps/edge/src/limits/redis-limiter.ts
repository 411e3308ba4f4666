import { hash } from 'node:crypto';
import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { countersMax, windowMs, type Limiter, type LimitVerdict } from './limiter.ts';

/** Shares of a window that are drawn at once. */
const slicesPerWindow = 8;
/** How often slices are drawn ahead in the background. */
const refillMs = 100;
/** How long a request waits for a slice before this edge's own share decides. */
const drawMsMax = 100;
/** How often an edge says that it is there, and how long it counts as such. */
const presenceMs = 5_000;
const presenceKeptMs = 15_000;
const presenceKey = 'tacet:edges';
/** Slices drawn with one round trip. */
const drawsMax = 1_000;

/**
 * Draws from one window: what is needed, and up to a slice more while much is left. KEYS: counter. ARGV: limit,
 * need, slice, lifetime in ms. Answers what was drawn and what is left.
 */
const drawScript = `
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local limit, need, slice = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = limit - used
if free <= 0 then return {0, 0} end
local grant = math.min(free, math.max(need, math.min(slice, math.ceil(free / ${slicesPerWindow}))))
redis.call('INCRBY', KEYS[1], grant)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {grant, free - grant}
`;

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

interface Scripted extends Redis {
  tacetDraw(key: string, limit: number, need: number, slice: number, lifetimeMs: number): Promise<[number, number]>;
}

export interface RedisLimiterOptions {
  readonly url: string;
  /** Names this edge among those that share limits; a hash of its id. */
  readonly edge: string;
  readonly wallMs: () => number;
  /** Told when Redis is lost (each edge then enforces its share alone) and found again. */
  readonly onState: (state: 'lost' | 'found') => void;
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
  readonly #options: RedisLimiterOptions;
  readonly #redis: Scripted;
  readonly #counters = new LRUCache<string, Counter>({ max: countersMax });
  /** Counters used since the last refill. */
  readonly #active = new Set<Counter>();
  readonly #refillTimer: NodeJS.Timeout;
  readonly #presenceTimer: NodeJS.Timeout;
  #edges = 1;
  /** True until Redis has answered for the first time. */
  #isLost = true;

  constructor(options: RedisLimiterOptions) {
    this.#options = options;
    const redis = new Redis(options.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 1_000,
      commandTimeout: 1_000,
      retryStrategy: (times) => Math.min(times * 100, 2_000),
    });
    redis.defineCommand('tacetDraw', { numberOfKeys: 1, lua: drawScript });
    // Its state is known from the commands; the event must only be heard, or it ends the process.
    redis.on('error', () => undefined);
    redis.on('ready', () => void this.#announce());
    this.#redis = redis as unknown as Scripted;
    this.#refillTimer = setInterval(() => this.#refill(), refillMs);
    this.#presenceTimer = setInterval(() => void this.#announce(), presenceMs);
    this.#refillTimer.unref();
    this.#presenceTimer.unref();
  }

  take(name: string, limit: number): LimitVerdict | Promise<LimitVerdict> {
    const counter = this.#counterOf(name, limit);
    this.#active.add(counter);
    if (counter.used < counter.granted) return this.#use(counter);
    if (this.#isLost) return this.#useShare(counter);
    if (counter.left <= 0) return this.#refuse(counter);
    return this.#drawThenTake(name, counter);
  }

  async stop(): Promise<void> {
    clearInterval(this.#refillTimer);
    clearInterval(this.#presenceTimer);
    if (this.#redis.status === 'ready') await this.#redis.zrem(presenceKey, this.#options.edge).catch(() => undefined);
    this.#redis.disconnect();
  }

  #counterOf(name: string, limit: number): Counter {
    const window = Math.floor(this.#options.wallMs() / windowMs);
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      // Redis sees hashes only, and keeps them for two windows.
      counter = { key: hash('sha256', name, 'hex').slice(0, 32), window, limit, granted: 0, used: 0, left: limit, waiting: 0, drawing: undefined };
      this.#counters.set(name, counter);
    }
    if (counter.window !== window || counter.limit !== limit) Object.assign(counter, { window, limit, granted: 0, used: 0, left: limit });
    return counter;
  }

  async #drawThenTake(name: string, counter: Counter): Promise<LimitVerdict> {
    counter.waiting++;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, drawMsMax)));
    await Promise.race([this.#draw(counter), late]);
    clearTimeout(timer);
    counter.waiting--;
    const now = this.#counterOf(name, counter.limit);
    if (now.used < now.granted) return this.#use(now);
    if (now.left <= 0 && !this.#isLost) return this.#refuse(now);
    // Others were faster than the slice was large, or Redis is slow or gone.
    return now.left > 0 && !this.#isLost && now.granted > 0 ? this.#drawThenTake(name, now) : this.#useShare(now);
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
    // What passed while Redis was gone is owed.
    const need = counter.waiting + Math.max(0, counter.used - counter.granted);
    try {
      const [grant, left] = await this.#redis.tacetDraw(`tacet:rate:${key}:${window}`, limit, need, Math.ceil(limit / slicesPerWindow), 2 * windowMs);
      this.#setLost(false);
      if (counter.window !== window || counter.limit !== limit) return;
      counter.granted += grant;
      counter.left = left;
    } catch {
      this.#setLost(true);
    }
  }

  /** Draws ahead for whoever used most of a slice, so that the next request finds one. */
  #refill(): void {
    let draws = 0;
    for (const counter of this.#active) {
      if (draws >= drawsMax) return;
      this.#active.delete(counter);
      const slice = Math.ceil(counter.limit / slicesPerWindow);
      if (this.#isLost || counter.left <= 0 || counter.granted - counter.used >= slice / 2) continue;
      draws++;
      void this.#draw(counter);
    }
  }

  #use(counter: Counter): LimitVerdict {
    counter.used++;
    return this.#verdict(counter, true, counter.granted - counter.used + counter.left);
  }

  #refuse(counter: Counter): LimitVerdict {
    return this.#verdict(counter, false, 0);
  }

  /** Redis is gone: this edge's share of what all edges together may pass. */
  #useShare(counter: Counter): LimitVerdict {
    const share = Math.max(1, Math.floor(counter.limit / this.#edges));
    const isAllowed = counter.used < share;
    if (isAllowed) counter.used++;
    return this.#verdict(counter, isAllowed, Math.max(0, share - counter.used));
  }

  #verdict({ limit, window }: Counter, isAllowed: boolean, remaining: number): LimitVerdict {
    return { isAllowed, limit, remaining: Math.min(limit, remaining), resetMs: (window + 1) * windowMs - this.#options.wallMs() };
  }

  /** Says that this edge is there, and hears how many are. */
  async #announce(): Promise<void> {
    const now = this.#options.wallMs();
    try {
      await this.#redis.zadd(presenceKey, now, this.#options.edge);
      await this.#redis.zremrangebyscore(presenceKey, '-inf', now - presenceKeptMs);
      await this.#redis.pexpire(presenceKey, presenceKeptMs);
      this.#edges = Math.max(1, await this.#redis.zcard(presenceKey));
      this.#setLost(false);
    } catch {
      this.#setLost(true);
    }
  }

  #setLost(isLost: boolean): void {
    if (this.#isLost === isLost) return;
    this.#isLost = isLost;
    this.#options.onState(isLost ? 'lost' : 'found');
  }
}
