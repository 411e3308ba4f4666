import { transaction, type Connection, type Pool } from '@tacet/database';
import type { KekVersion, KeyProvider } from '../providers/key-provider.ts';
import { insertKek, listKeks, lockKekRing, readActiveKek, retireActiveKek, shareKekRing } from './kek-table.ts';

/** The master key of every account that has not chosen another. */
export const defaultKekId = 'main';

/**
 * The versions of the default master key: which of them wraps is decided by the keystore alone, so that all
 * replicas agree. Every wrapping happens in a transaction that holds the active version.
 */
export class KekRing {
  readonly provider: KeyProvider;
  readonly #pool: Pool;
  readonly #now: () => number;

  constructor(pool: Pool, provider: KeyProvider, now: () => number) {
    this.#pool = pool;
    this.provider = provider;
    this.#now = now;
  }

  /**
   * Brings keystore and provider together at start: makes version 1 if neither knows any, and takes in versions
   * that the provider has and the keystore does not know (an operator's, or those of a rotation that was killed).
   * A version newer than all known becomes the active one.
   */
  async open(): Promise<void> {
    await transaction(this.#pool, async (connection) => {
      await lockKekRing(connection);
      const known = await listKeks(connection, this.provider.name);
      if (known.length === 0 && (await this.provider.describe()).length === 0) await this.provider.rotate(defaultKekId, 0);
      const held = await this.provider.describe();
      for (const kekId of new Set(held.map((kek) => kek.kekId))) {
        const versions = held.filter((kek) => kek.kekId === kekId).map(({ version }) => version);
        const knownVersions = known.filter((kek) => kek.kekId === kekId).map(({ version }) => version);
        await this.#takeIn(connection, kekId, versions, knownVersions);
      }
      if (!known.some(isDefault) && !held.some(isDefault)) throw new Error(`the provider has no version of the master key "${defaultKekId}"`);
    });
  }

  /** Makes the next version and lets it wrap from now on. Waits for whatever is being wrapped under the present one. */
  async rotate(): Promise<KekVersion> {
    return transaction(this.#pool, async (connection) => {
      await lockKekRing(connection);
      const known = await listKeks(connection, this.provider.name);
      const newest = known.reduce((most, kek) => (isDefault(kek) ? Math.max(most, kek.version) : most), 0);
      const version = await this.provider.rotate(defaultKekId, newest);
      await this.#activate(connection, { kekId: defaultKekId, version });
      return { kekId: defaultKekId, version };
    });
  }

  /** Runs `work` in a transaction in which the version it is given is, and stays, the one that wraps. */
  async withActive<T>(work: (kek: KekVersion, connection: Connection) => Promise<T>): Promise<T> {
    return transaction(this.#pool, async (connection) => {
      await shareKekRing(connection);
      const kek = await readActiveKek(connection, this.provider.name, defaultKekId);
      if (!kek) throw new Error('no version of the master key is active');
      return work(kek, connection);
    });
  }

  /** The version that wraps now, and whether its key can be used; undefined: the keystore cannot be asked. */
  async describeActive(): Promise<{ readonly kek: KekVersion; readonly isUsable: boolean } | undefined> {
    const kek = await readActiveKek(this.#pool, this.provider.name, defaultKekId).catch(() => undefined);
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
      if (version > newest && version === unknown.at(-1)) await this.#activate(connection, { kekId, version });
      else await insertKek(connection, this.provider.name, { kekId, version }, 'retired', this.#now());
    }
  }

  async #activate(connection: Connection, kek: KekVersion): Promise<void> {
    await retireActiveKek(connection, this.provider.name, kek.kekId);
    await insertKek(connection, this.provider.name, kek, 'active', this.#now());
  }
}

function isDefault({ kekId }: KekVersion): boolean {
  return kekId === defaultKekId;
}
