import { transaction, type Connection, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { KekProviders, KekVersion, KeyProvider } from '../providers/key-provider.ts';
import { readAccountKek } from './account-kek-table.ts';
import { insertKek, listKeks, lockKekRing, readActiveKek, retireActiveKek, shareKekRing } from './kek-table.ts';

/**
 * The versions of the master keys: which of them wraps is decided by the keystore alone, so that all
 * replicas agree. Every wrapping happens in a transaction that holds the active version.
 */
export class KekRing {
  readonly providers: KekProviders;
  /** `kek_id` of the deployment's own key. */
  readonly kekId: string;
  readonly #pool: Pool;
  readonly #now: () => number;

  constructor(pool: Pool, providers: KekProviders, now: () => number) {
    this.#pool = pool;
    this.providers = providers;
    this.kekId = providers.defaultKekId;
    this.#now = now;
  }

  /** Of the deployment's own key. */
  get provider(): KeyProvider {
    return this.providers.of(this.kekId);
  }

  /**
   * Brings keystore and provider together at start: makes version 1 if neither knows any, and takes in versions
   * that the provider has and the keystore does not know (an operator's, or those of a rotation that was killed).
   * A version newer than all known becomes the active one.
   */
  async open(): Promise<void> {
    await transaction(this.#pool, async (connection) => {
      await lockKekRing(connection);
      const known = (await listKeks(connection)).filter(({ provider }) => provider === this.provider.name);
      const isDefault = ({ kekId }: KekVersion) => kekId === this.kekId;
      const held = await this.#describeOrMake(known.some(isDefault) || (!this.provider.isRemote && known.length > 0));
      for (const kekId of new Set(held.map((kek) => kek.kekId))) {
        const versions = held.filter((kek) => kek.kekId === kekId).map(({ version }) => version);
        const knownVersions = known.filter((kek) => kek.kekId === kekId).map(({ version }) => version);
        await this.#takeIn(connection, kekId, versions, knownVersions);
      }
      if (!known.some(isDefault) && !held.some(isDefault)) throw new Error(`the provider has no version of the master key "${this.kekId}"`);
    });
  }

  /** Makes the next version and lets it wrap from now on. Waits for whatever is being wrapped under the present one. */
  async rotate(): Promise<KekVersion> {
    return transaction(this.#pool, async (connection) => {
      await lockKekRing(connection);
      const newest = await this.#newestKnown(connection, this.kekId);
      const version = await this.provider.rotate(this.kekId, newest);
      await this.#activate(connection, this.provider.name, { kekId: this.kekId, version });
      return { kekId: this.kekId, version };
    });
  }

  /** Runs `work` in a transaction in which the version it is given is, and stays, the one that wraps. */
  async withActive<T>(work: (kek: KekVersion, connection: Connection) => Promise<T>): Promise<T> {
    return transaction(this.#pool, async (connection) => {
      await shareKekRing(connection);
      const kek = await readActiveKek(connection, this.provider.name, this.kekId);
      if (!kek) throw new Error('no version of the master key is active');
      return work(kek, connection);
    });
  }

  /**
   * As `withActive`, with the key of one account: its own, if it chose one. Nothing else wraps for it, whatever
   * happens to that key. Throws `kek_disabled` when its provider is not configured any more.
   */
  async withActiveOf<T>(account: string, work: (kek: KekVersion, connection: Connection) => Promise<T>): Promise<T> {
    return this.withActive(async (ownKek, connection) => {
      const kekId = await readAccountKek(connection, account);
      if (kekId === undefined) return work(ownKek, connection);
      const kek = await readActiveKek(connection, this.providers.of(kekId).name, kekId);
      if (!kek) throw new Error('no version of an account\'s key is active');
      return work(kek, connection);
    });
  }

  /**
   * Takes in the newest version that a key has at its provider, which lets it wrap from now on, in a transaction that
   * waits for whatever is being wrapped. Throws `kek_disabled` when the provider has none.
   */
  async takeInNewest(kekId: string): Promise<KekVersion> {
    const provider = this.providers.of(kekId);
    const version = (await provider.describe(kekId)).at(-1)?.version;
    if (version === undefined) throw new TacetError('kek_disabled');
    await transaction(this.#pool, async (connection) => {
      await lockKekRing(connection);
      if (version > (await this.#newestKnown(connection, kekId))) await this.#activate(connection, provider.name, { kekId, version });
    });
    return { kekId, version };
  }

  /** The version that wraps now, and whether its key can be used; undefined: the keystore cannot be asked. */
  async describeActive(): Promise<{ readonly kek: KekVersion; readonly isUsable: boolean } | undefined> {
    const kek = await readActiveKek(this.#pool, this.provider.name, this.kekId).catch(() => undefined);
    if (!kek) return undefined;
    const isUsable = await this.provider.health(kek).then(
      () => true,
      () => false,
    );
    return { kek, isUsable };
  }

  async #takeIn(connection: Connection, kekId: string, versions: readonly number[], known: readonly number[]): Promise<void> {
    const newest = Math.max(0, ...known);
    const unknown = versions.filter((version) => !known.includes(version)).sort((a, b) => a - b);
    for (const version of unknown) {
      if (version > newest && version === unknown.at(-1)) await this.#activate(connection, this.provider.name, { kekId, version });
      else await insertKek(connection, this.provider.name, { kekId, version }, 'retired', this.#now());
    }
  }

  async #activate(connection: Connection, provider: string, kek: KekVersion): Promise<void> {
    await retireActiveKek(connection, provider, kek.kekId);
    await insertKek(connection, provider, kek, 'active', this.#now());
  }

  async #newestKnown(connection: Connection, kekId: string): Promise<number> {
    const versions = (await listKeks(connection)).filter((kek) => kek.kekId === kekId).map(({ version }) => version);
    return Math.max(0, ...versions);
  }

  /** What the provider holds: of a folder all keys, of another's keys ours alone. The first of all is made here. */
  async #describeOrMake(isKnown: boolean): Promise<readonly KekVersion[]> {
    const only = this.provider.isRemote ? this.kekId : undefined;
    try {
      const held = await this.provider.describe(only);
      if (held.length > 0 || isKnown) return held;
      await this.provider.rotate(this.kekId, 0);
      return await this.provider.describe(only);
    } catch (error) {
      // A provider that is away need not keep a process down whose keystore knows the versions.
      if (isKnown && error instanceof TacetError && error.code === 'unavailable') return [];
      throw error;
    }
  }
}
