import { hash } from 'node:crypto';
import type { RedisConnection } from './redis-connection.ts';

/** How often permits that are not used any more go back, and those that are used are renewed. */
const tidyMs = 1_000;
const renewMs = 5_000;
/** How long the permits of an edge that is not heard of are kept for it. */
export const permitsKeptMs = 15_000;
/** An edge takes up to one of so many parts of what is free beyond its need. */
const shares = 8;
/** How long a refusal is taken for granted. */
const refusedMs = 50;
/** How long a request waits for a permit before this edge's own share decides. */
const drawMsMax = 100;

interface Permits {
  readonly key: string;
  limit: number;
  running: number;
  permits: number;
  waiting: number;
  renewedAt: number;
  refusedUntil: number;
  drawing: Promise<void> | undefined;
}

/**
 * How many run at once under a name, counted together with other edges: each holds permits in Redis, which end with
 * it. What runs under permits in hand needs no round trip. `monotonicMs`: milliseconds of a clock that is never set.
 */
export class RedisPermits {
  readonly #redis: RedisConnection;
  readonly #monotonicMs: () => number;
  /** Names under which something runs, or did a moment ago. */
  readonly #names = new Map<string, Permits>();
  readonly #timer: NodeJS.Timeout;

  constructor(redis: RedisConnection, monotonicMs: () => number) {
    this.#redis = redis;
    this.#monotonicMs = monotonicMs;
    this.#timer = setInterval(() => this.#tidy(), tidyMs).unref();
  }

  get size(): number {
    return this.#names.size;
  }

  enter(name: string, limit: number): boolean | Promise<boolean> {
    const of = this.#of(name, limit);
    if (this.#redis.isLost) return this.#enterShare(of);
    if (of.running < of.permits) {
      of.running++;
      return true;
    }
    if (of.refusedUntil > this.#monotonicMs()) return false;
    return this.#drawThenEnter(of);
  }

  leave(name: string): void {
    const of = this.#names.get(name);
    if (of && of.running > 0) of.running--;
  }

  /** Gives all permits back. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (!this.#redis.isLost) await Promise.all([...this.#names.values()].filter(({ permits }) => permits > 0).map((of) => this.#redis.permit(of.key, 0, of.limit, shares, permitsKeptMs)));
    this.#names.clear();
  }

  #of(name: string, limit: number): Permits {
    let of = this.#names.get(name);
    if (of === undefined) {
      // Redis sees hashes only.
      of = { key: hash('sha256', name, 'hex').slice(0, 32), limit, running: 0, permits: 0, waiting: 0, renewedAt: 0, refusedUntil: 0, drawing: undefined };
      this.#names.set(name, of);
    }
    if (of.limit !== limit) {
      of.limit = limit;
      of.permits = Math.min(of.permits, limit);
      of.refusedUntil = 0;
    }
    return of;
  }

  #enterShare(of: Permits): boolean {
    if (of.running >= this.#redis.shareOf(of.limit)) return false;
    of.running++;
    return true;
  }

  async #drawThenEnter(of: Permits): Promise<boolean> {
    of.waiting++;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, drawMsMax)));
    await Promise.race([this.#draw(of, () => of.running + of.waiting), late]);
    clearTimeout(timer);
    of.waiting--;
    if (of.running < of.permits) {
      of.running++;
      return true;
    }
    if (this.#redis.isLost) return this.#enterShare(of);
    of.refusedUntil = this.#monotonicMs() + refusedMs;
    return false;
  }

  /** One draw at a time for each name; whoever needs it waits for the same. */
  #draw(of: Permits, need: () => number): Promise<void> {
    of.drawing ??= this.#drawNow(of, need).finally(() => (of.drawing = undefined));
    return of.drawing;
  }

  async #drawNow(of: Permits, need: () => number): Promise<void> {
    // The end of this tick, so that all who came in it are counted in.
    await new Promise((resolve) => setImmediate(resolve));
    const { limit } = of;
    const permits = await this.#redis.permit(of.key, need(), limit, shares, permitsKeptMs);
    if (permits === undefined) return;
    of.permits = Math.min(permits, of.limit);
    of.renewedAt = this.#monotonicMs();
  }

  #tidy(): void {
    const now = this.#monotonicMs();
    for (const [name, of] of this.#names) {
      if (of.running === 0 && of.waiting === 0 && of.permits === 0 && of.drawing === undefined) this.#names.delete(name);
      else if (!this.#redis.isLost && (of.permits > of.running || now - of.renewedAt >= renewMs)) void this.#draw(of, () => of.running + of.waiting);
      else if (this.#redis.isLost && of.running === 0) of.permits = 0;
    }
  }
}
