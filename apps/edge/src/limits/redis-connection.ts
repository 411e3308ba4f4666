import { Redis } from 'ioredis';

/** How often an edge says that it is there, and how long it counts as such. */
const presenceMs = 5_000;
const presenceKeptMs = 15_000;
const presenceKey = 'tacet:edges';

/**
 * Draws from one window: what is needed, and up to a slice more while much is left. KEYS: counter. ARGV: limit,
 * need, slice, share (a slice is no more than one of so many parts of what is free), lifetime in ms. Answers what
 * was drawn and what is left.
 */
const drawScript = `
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local limit, need, slice, share = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local free = limit - used
if free <= 0 then return {0, 0} end
local grant = math.min(free, math.max(need, math.min(slice, math.ceil(free / share))))
redis.call('INCRBY', KEYS[1], grant)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {grant, free - grant}
`;

/**
 * Sets how many an edge may run at once: what it needs as far as others leave room, and a part more while much is
 * left. KEYS: a hash with a field per edge, "permits:until" in Redis' own time; what is overdue belonged to an edge
 * that is gone. ARGV: edge, need, limit, share, lifetime in ms. Answers the permits.
 */
const permitScript = `
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local others = 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  if fields[i] ~= ARGV[1] then
    local permits, untilMs = string.match(fields[i + 1], '^(%d+):(%d+)$')
    if tonumber(untilMs) < now then redis.call('HDEL', KEYS[1], fields[i]) else others = others + tonumber(permits) end
  end
end
local need, limit, share, lifetime = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local permits = math.max(0, math.min(need, limit - others))
if permits == need and need > 0 then permits = permits + math.floor((limit - others - permits) / share) end
if permits == 0 then redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%d', permits, now + lifetime))
  redis.call('PEXPIRE', KEYS[1], lifetime)
end
return permits
`;

interface Scripted extends Redis {
  tacetDraw(key: string, limit: number, need: number, slice: number, share: number, lifetimeMs: number): Promise<[number, number]>;
  tacetPermit(key: string, edge: string, need: number, limit: number, share: number, lifetimeMs: number): Promise<number>;
}

export interface RedisConnectionOptions {
  readonly url: string;
  /** Names this edge among those that share limits; a hash of its id. */
  readonly edge: string;
  readonly wallMs: () => number;
  /** Told when Redis is lost (each edge then enforces its share alone) and found again. */
  readonly onState: (state: 'lost' | 'found') => void;
}

/** The connection to the Redis that edges share, whether it answers, and how many edges there are. */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #redis: Scripted;
  readonly #presenceTimer: NodeJS.Timeout;
  #edges = 1;
  /** True until Redis has answered for the first time. */
  #isLost = true;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    const redis = new Redis(options.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 1_000,
      commandTimeout: 1_000,
      retryStrategy: (times) => Math.min(times * 100, 2_000),
    });
    redis.defineCommand('tacetDraw', { numberOfKeys: 1, lua: drawScript });
    redis.defineCommand('tacetPermit', { numberOfKeys: 1, lua: permitScript });
    // Its state is known from the commands; the event must only be heard, or it ends the process.
    redis.on('error', () => undefined);
    redis.on('ready', () => void this.#announce());
    this.#redis = redis as unknown as Scripted;
    this.#presenceTimer = setInterval(() => void this.#announce(), presenceMs).unref();
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** This edge's part of a limit while Redis is gone. */
  shareOf(limit: number): number {
    return Math.max(1, Math.floor(limit / this.#edges));
  }

  /** Draws from a window; undefined when Redis does not answer. */
  draw(key: string, limit: number, need: number, slice: number, share: number, lifetimeMs: number): Promise<[number, number] | undefined> {
    return this.#answer(() => this.#redis.tacetDraw(`tacet:rate:${key}`, limit, need, slice, share, lifetimeMs));
  }

  /** Sets this edge's permits; undefined when Redis does not answer. */
  permit(key: string, need: number, limit: number, share: number, lifetimeMs: number): Promise<number | undefined> {
    return this.#answer(() => this.#redis.tacetPermit(`tacet:run:${key}`, this.#options.edge, need, limit, share, lifetimeMs));
  }

  async stop(): Promise<void> {
    clearInterval(this.#presenceTimer);
    if (this.#redis.status === 'ready') await this.#redis.zrem(presenceKey, this.#options.edge).catch(() => undefined);
    this.#redis.disconnect();
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.#setLost(false);
      return answer;
    } catch {
      this.#setLost(true);
      return undefined;
    }
  }

  /** Says that this edge is there, and hears how many are. */
  async #announce(): Promise<void> {
    const now = this.#options.wallMs();
    await this.#answer(async () => {
      await this.#redis.zadd(presenceKey, now, this.#options.edge);
      await this.#redis.zremrangebyscore(presenceKey, '-inf', now - presenceKeptMs);
      await this.#redis.pexpire(presenceKey, presenceKeptMs);
      this.#edges = Math.max(1, await this.#redis.zcard(presenceKey));
    });
  }

  #setLost(isLost: boolean): void {
    if (this.#isLost === isLost) return;
    this.#isLost = isLost;
    this.#options.onState(isLost ? 'lost' : 'found');
  }
}
