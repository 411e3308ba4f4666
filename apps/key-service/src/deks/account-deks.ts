import type { KeyObject } from 'node:crypto';
import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { RecordRefusedError } from '@tacet/sealed-record';
import { LRUCache } from 'lru-cache';
import { cachedDeksMax } from '../limits.ts';
import type { KekProviders } from '../providers/key-provider.ts';
import { unwrapAt } from '../providers/wrapped-secret.ts';
import { Lifetime, type Clocks } from '../lifetime.ts';
import { hasDeks, readDeks, readNewestDek, type DekRow, type ReadDekRow } from './dek-table.ts';

/** An unwrapped DEK, which no other process ever sees. */
export interface Dek {
  readonly version: number;
  readonly key: KeyObject;
}

interface HeldDek extends Dek {
  readonly lifetime: Lifetime;
}

export interface AccountDeksOptions {
  readonly pool: Pool;
  readonly providers: KekProviders;
  /** How long a DEK is used without asking keystore and provider again, in milliseconds. */
  readonly cacheMs: number;
  readonly clocks: Clocks;
  /** Told of every DEK that was asked for: whether it was held already. */
  readonly onLookup: (result: 'hit' | 'miss') => void;
}

/**
 * The unwrapped DEKs of accounts, bounded in number and time. What is held here is the only reason why a DEK that
 * was destroyed, or whose KEK was disabled, works for `cacheMs` longer on other replicas.
 */
export class AccountDeks {
  readonly #options: AccountDeksOptions;
  readonly #held: LRUCache<string, HeldDek>;
  readonly #loading = new Map<string, Promise<readonly Dek[]>>();
  /** Raised by every eviction: what was being read meanwhile is used by its callers, but not kept. */
  #generation = 0;

  constructor(options: AccountDeksOptions) {
    this.#options = options;
    // The timer of each entry lets go of a DEK that nobody asks for again; `Lifetime` decides what may be used.
    this.#held = new LRUCache({ max: cachedDeksMax, ttl: options.cacheMs, ttlAutopurge: true });
  }

  /** How many are held. */
  get size(): number {
    return this.#held.size;
  }

  /** The version that new records of an account are sealed under. Throws `dek_unknown`, `kek_disabled`, `record_refused`, `unavailable`. */
  async newest(account: Buffer): Promise<Dek> {
    const key = `${account.toString('hex')}.newest`;
    const held = this.#fresh(key);
    if (held) return held;
    const [dek] = await this.#once(key, async () => this.#load(account, async (name) => [await readNewestDek(this.#options.pool, name)], key));
    if (!dek) throw new TacetError('dek_unknown');
    return dek;
  }

  /**
   * Those of the given versions that exist. One whose KEK version was given up, and which indeed does not unwrap any more,
   * is as if it did not exist: nothing waits for its key to come back. Throws `kek_disabled`, `record_refused`,
   * `unavailable`, and `dek_unknown` where none is found and the account has none at all.
   */
  async versions(account: Buffer, versions: ReadonlySet<number>): Promise<ReadonlyMap<number, KeyObject>> {
    const name = account.toString('hex');
    const found = new Map<number, KeyObject>();
    const missing: number[] = [];
    for (const version of versions) {
      const held = this.#fresh(`${name}.${version}`);
      if (held) found.set(version, held.key);
      else missing.push(version);
    }
    if (missing.length > 0) {
      missing.sort((one, other) => one - other);
      const load = async () => this.#load(account, async () => readDeks(this.#options.pool, name, missing));
      for (const { version, key } of await this.#once(`${name}.${missing.join(',')}`, load)) found.set(version, key);
    }
    if (found.size === 0 && !(await hasDeks(this.#options.pool, name))) throw new TacetError('dek_unknown');
    return found;
  }

  /** Lets go of everything of an account. */
  forget(account: Buffer): void {
    this.#generation++;
    const prefix = `${account.toString('hex')}.`;
    for (const key of this.#held.keys()) if (key.startsWith(prefix)) this.#held.delete(key);
  }

  /** Lets go of everything. */
  forgetAll(): void {
    this.#generation++;
    this.#held.clear();
  }

  #fresh(key: string): HeldDek | undefined {
    const held = this.#held.get(key);
    const usable = held?.lifetime.isOver() === false;
    if (held && !usable) this.#held.delete(key);
    this.#options.onLookup(usable ? 'hit' : 'miss');
    return usable ? held : undefined;
  }

  /** Callers that want the same at the same time share one reading. */
  async #once(key: string, load: () => Promise<readonly Dek[]>): Promise<readonly Dek[]> {
    const running = this.#loading.get(key);
    if (running) return running;
    const loading = load().finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #load(account: Buffer, read: (name: string) => Promise<readonly (ReadRow | undefined)[]>, alias?: string): Promise<readonly Dek[]> {
    const generation = this.#generation;
    // Counted from before the reading: what is read now may be destroyed before it arrives.
    const lifetime = new Lifetime(this.#options.clocks, this.#options.cacheMs);
    const name = account.toString('hex');
    const deks = await this.#unwrapAll(account, () => read(name));
    if (generation !== this.#generation) return deks;
    for (const dek of deks) {
      this.#held.set(`${name}.${dek.version}`, { ...dek, lifetime });
      if (alias !== undefined) this.#held.set(alias, { ...dek, lifetime });
    }
    return deks;
  }

  /**
   * Unwraps what was read. A row can be rewrapped, and the old KEK version destroyed, between reading and
   * unwrapping: then it is read once more.
   */
  async #unwrapAll(account: Buffer, read: () => Promise<readonly (ReadRow | undefined)[]>, isRetry = false): Promise<readonly Dek[]> {
    const rows = (await read()).filter((row) => row !== undefined);
    try {
      return (await Promise.all(rows.map(async (row) => this.#unwrap(account, row)))).filter((dek) => dek !== undefined);
    } catch (error) {
      // What the keystore or a provider holds is not what was wrapped; which of the two, nobody is told.
      if (error instanceof RecordRefusedError) throw new TacetError('record_refused', { cause: error });
      if (isRetry || !(error instanceof TacetError) || error.code !== 'kek_disabled') throw error;
      return this.#unwrapAll(account, read, true);
    }
  }

  /** Undefined: the KEK version was given up, and is gone. */
  async #unwrap(account: Buffer, { version, wrapped, isGivenUp }: ReadRow): Promise<Dek | undefined> {
    try {
      return { version, key: await unwrapAt(this.#options.providers, wrapped, { accountId: account, version }) };
    } catch (error) {
      if (isGivenUp === true && error instanceof TacetError && error.code === 'kek_disabled') return undefined;
      throw error;
    }
  }
}

type ReadRow = DekRow & Partial<Pick<ReadDekRow, 'isGivenUp'>>;
