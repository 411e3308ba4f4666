import { TacetError } from '@tacet/errors';
import { Redis } from 'ioredis';
import { epochEndMs } from './epoch.ts';
import type { EpochStore } from './epoch-store.ts';

const prefix = 'tacet:epoch:';
const namePattern = /^tacet:epoch:(0|[1-9][0-9]{0,9})$/;
/** How long one command may take, and how long a connection may take to come, in milliseconds. */
export const redisCommandMs = 2_000;
/** Keys that one step of a listing looks at. */
const scanCount = 1_000;

/** What a Redis that holds secrets must be set to: it writes nothing to a disk, and forgets nothing by itself. */
const demanded = { save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction' } as const;

/**
 * Wrapped epoch secrets in a Redis of their own, which only key-service may reach, for replicas on several machines. SET NX
 * makes them agree, and Redis itself lets go of a secret at the end of its epoch, should no replica be there to do so.
 * Its settings are checked with every new connection: a Redis that would write to a disk is not used.
 */
export class EpochRedis implements EpochStore {
  readonly #redis: Redis;
  #checked: Promise<void> | undefined;

  constructor(redis: Redis) {
    this.#redis = redis;
    redis.on('close', () => (this.#checked = undefined));
    // Each command that needs it fails by itself; the client goes on trying to connect.
    redis.on('error', () => undefined);
  }

  async read(epoch: number): Promise<Buffer | undefined> {
    return (await this.#do((redis) => redis.getBuffer(prefix + epoch))) ?? undefined;
  }

  async create(epoch: number, wrapped: Uint8Array): Promise<boolean> {
    return (await this.#do((redis) => redis.set(prefix + epoch, Buffer.from(wrapped), 'PXAT', epochEndMs(epoch), 'NX'))) === 'OK';
  }

  async replace(epoch: number, wrapped: Uint8Array): Promise<void> {
    await this.#do((redis) => redis.set(prefix + epoch, Buffer.from(wrapped), 'PXAT', epochEndMs(epoch), 'XX'));
  }

  async destroy(epoch: number): Promise<boolean> {
    return (await this.#do((redis) => redis.del(prefix + epoch))) === 1;
  }

  async list(): Promise<readonly number[]> {
    const epochs = new Set<number>();
    for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
      const [next, names] = await this.#do((redis) => redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', scanCount));
      for (const name of names) {
        const epoch = namePattern.exec(name)?.[1];
        if (epoch !== undefined) epochs.add(Number(epoch));
      }
      cursor = next;
    }
    return [...epochs].sort((a, b) => a - b);
  }

  /** Redis writes a value whole or not at all. */
  async removeUnfinished(): Promise<void> {
    await this.#do((redis) => redis.ping());
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  async #do<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      this.#checked ??= checkSettings(this.#redis);
      await this.#checked;
      return await command(this.#redis);
    } catch (error) {
      this.#checked = undefined;
      if (error instanceof WrongSettingsError) throw error;
      throw new TacetError('unavailable', { message: 'The store of epoch secrets does not answer.', cause: error, retryAfterMs: redisCommandMs });
    }
  }
}

/** Opens the store and checks its settings. Throws an `Error` that names the variable. */
export async function openEpochRedis(variable: string, url: string): Promise<EpochRedis> {
  const redis = new Redis(url, { lazyConnect: true, commandTimeout: redisCommandMs, connectTimeout: redisCommandMs, maxRetriesPerRequest: 1, enableReadyCheck: true });
  const store = new EpochRedis(redis);
  try {
    await store.removeUnfinished();
    return store;
  } catch (error) {
    redis.disconnect();
    const rule = error instanceof WrongSettingsError ? error.message : 'the store cannot be reached';
    throw new Error(`${variable}: ${rule}`, { cause: error });
  }
}

class WrongSettingsError extends Error {}

/** Throws `WrongSettingsError`, also where the settings may not be read: then nobody knows. */
async function checkSettings(redis: Redis): Promise<void> {
  for (const [name, wanted] of Object.entries(demanded)) {
    let answer: unknown;
    try {
      answer = await redis.config('GET', name);
    } catch (error) {
      if (error instanceof Error && /NOPERM|unknown command/i.test(error.message)) throw new WrongSettingsError(`Redis must allow CONFIG GET, so that ${name} can be checked`, { cause: error });
      throw error;
    }
    const [, value] = answer as [string, string];
    if (value !== wanted) throw new WrongSettingsError(`Redis must run with ${name} ${wanted === '' ? '""' : wanted}`);
  }
}
