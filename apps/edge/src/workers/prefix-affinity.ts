import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Worker } from './worker.ts';

/** Lengths, in bytes, at which beginnings of prompts are compared; a shorter prompt is not worth a detour. */
export const prefixLengths = [1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536] as const;
/** Beginnings that are remembered; the one used longest ago goes. About 200 bytes each. */
export const prefixesMax = 65_536;
/** How long one is remembered: engines evict by then as well. */
export const prefixKeptMs = 600_000;
/** Accounts whose salt is remembered. */
const saltsMax = 10_000;

/**
 * Which worker has the beginning of a prompt in its cache. Prompts are known by an HMAC of their first bytes under a
 * key that this process draws, with a salt per account: nothing can be read out of it or compared between accounts,
 * and it ends with the process.
 */
export class PrefixAffinity {
  readonly #key: Buffer;
  readonly #salts = new LRUCache<string, Buffer>({ max: saltsMax });
  readonly #workers: LRUCache<string, Worker>;

  /** `key`: 32 random bytes. `monotonicMs`: milliseconds of a clock that is never set. */
  constructor(key: Buffer, monotonicMs: () => number, sizeMax: number = prefixesMax) {
    this.#key = key;
    this.#workers = new LRUCache<string, Worker>({ max: sizeMax, ttl: prefixKeptMs, perf: { now: monotonicMs } });
  }

  get size(): number {
    return this.#workers.size;
  }

  /** Names of the beginnings of a prompt, the longest last. None where it is short. `accountId`: 16 bytes. */
  namesOf(accountId: Buffer, prompt: Buffer): readonly string[] {
    const names: string[] = [];
    if (prompt.length < prefixLengths[0]) return names;
    let name = this.#saltOf(accountId);
    let start = 0;
    for (const end of prefixLengths) {
      if (prompt.length < end) break;
      // Each holds the one before it, so that every byte is read once.
      name = createHmac('sha256', name).update(prompt.subarray(start, end)).digest();
      names.push(name.toString('latin1', 0, 16));
      start = end;
    }
    return names;
  }

  /** The worker that had the longest of these beginnings last. */
  find(names: readonly string[]): Worker | undefined {
    for (let i = names.length - 1; i >= 0; i--) {
      const worker = this.#workers.get(names[i] as string);
      if (worker) return worker;
    }
    return undefined;
  }

  /** A prompt with these beginnings goes to a worker. */
  remember(names: readonly string[], worker: Worker): void {
    for (const name of names) this.#workers.set(name, worker);
  }

  #saltOf(accountId: Buffer): Buffer {
    const account = accountId.toString('latin1');
    const known = this.#salts.get(account);
    if (known) return known;
    const salt = createHmac('sha256', this.#key).update(accountId).digest();
    this.#salts.set(account, salt);
    return salt;
  }
}
