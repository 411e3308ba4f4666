import type { ErrorCode } from '@tacet/errors';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.ts';

/** Keys and accounts that are known at once; about 1 KiB each. */
export const callersMax = 200_000;
/** Refused keys that are remembered, and for how long. */
export const refusedMax = 50_000;
export const refusedKeptMs = 5_000;
/** Changes that are remembered for answers that were under way. */
const changesMax = 10_000;

/**
 * What the directory said of keys (by hash) and accounts. Every change evicts at once; an answer that was
 * under way while its key changed is told to be stale.
 */
export class KeyCache {
  readonly #callers: LRUCache<string, Caller>;
  readonly #refused = new LRUCache<string, ErrorCode>({ max: refusedMax, ttl: refusedKeptMs });
  /** Names of cached callers by key id and by account id (hex). */
  readonly #names = new Map<string, Set<string>>();
  /** When an id changed last, in changes counted. */
  readonly #changes = new LRUCache<string, number>({ max: changesMax });
  #clock = 0;
  #clearedAt = 0;

  constructor() {
    this.#callers = new LRUCache<string, Caller>({ max: callersMax, dispose: (caller) => this.#forgetNames(caller) });
  }

  get(name: string): Caller | undefined {
    return this.#callers.get(name);
  }

  /** Why the key was refused a moment ago. */
  refusal(name: string): ErrorCode | undefined {
    return this.#refused.get(name);
  }

  /** The moment to hand to `isStale` with the answer of a look-up that begins now. */
  get now(): number {
    return this.#clock;
  }

  /** Whether one of the ids changed after the look-up began: its answer may be from before. */
  isStale(since: number, ids: readonly string[]): boolean {
    return this.#clearedAt > since || ids.some((id) => (this.#changes.get(id) ?? 0) > since);
  }

  set(caller: Caller): void {
    this.#refused.delete(caller.name);
    this.#callers.set(caller.name, caller);
    for (const id of new Set([caller.identity, caller.account])) {
      const names = this.#names.get(id);
      if (names) names.add(caller.name);
      else this.#names.set(id, new Set([caller.name]));
    }
  }

  refuse(name: string, code: ErrorCode): void {
    this.#callers.delete(name);
    this.#refused.set(name, code);
  }

  /** A key or account changed: whatever is known of it goes. */
  evict(id: string): void {
    this.#changes.set(id, ++this.#clock);
    // What was refused may be allowed now; which refusal was of this id is not known.
    this.#refused.clear();
    for (const name of this.#names.get(id) ?? []) this.#callers.delete(name);
  }

  clear(): void {
    this.#clearedAt = ++this.#clock;
    this.#callers.clear();
    this.#refused.clear();
  }

  #forgetNames(caller: Caller): void {
    for (const id of [caller.identity, caller.account]) {
      const names = this.#names.get(id);
      names?.delete(caller.name);
      if (names?.size === 0) this.#names.delete(id);
    }
  }
}
