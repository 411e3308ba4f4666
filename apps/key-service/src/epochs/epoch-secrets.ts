import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import { RecordRefusedError } from '@tacet/sealed-record';
import type { KekRing } from '../keks/kek-ring.ts';
import { Lifetime, type Clocks } from '../lifetime.ts';
import type { KekVersion } from '../providers/key-provider.ts';
import { kekOf, rewrapUnder, unwrapAt, wrapSecret } from '../providers/wrapped-secret.ts';
import type { EpochStore } from './epoch-store.ts';
import { epochIsAhead, epochIsPast } from './epoch.ts';

/** An epoch secret belongs to no account: it is wrapped like the DEK of this one, which CreateDek refuses. */
const nobody = Buffer.alloc(16);
const secretBytes = 32;

/** Epochs end every 300 s; a clock that was moved is noticed within this time, too. */
const sweepMs = 1_000;

interface HeldSecret {
  readonly secret: KeyObject;
  readonly lifetime: Lifetime;
}

export interface EpochSecretsOptions {
  readonly store: EpochStore;
  readonly ring: KekRing;
  /** As for DEKs: a KEK that is disabled disables epochs as well. */
  readonly cacheMs: number;
  readonly clocks: Clocks;
  /** Told of every sweep, whoever asked for it. */
  readonly onSwept: (result: SweepResult) => void;
  /** Told when the timer failed; it tries again. */
  readonly onSweepFailed: (error: unknown) => void;
}

/** What a sweep did. */
export interface SweepResult {
  readonly destroyed: number;
  readonly alive: number;
}

/**
 * The secrets of epochs: made on first use, the same for all processes, gone for ever at the end of their epoch.
 * Losing one makes the ephemeral conversations of five minutes unreadable and nothing else.
 */
export class EpochSecrets {
  readonly #options: EpochSecretsOptions;
  readonly #held = new Map<number, HeldSecret>();
  readonly #making = new Map<number, Promise<KeyObject>>();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: EpochSecretsOptions) {
    this.#options = options;
  }

  /** Destroys what is past, then goes on doing so by a timer. */
  async start(): Promise<void> {
    // The age of unfinished files is measured by the real clock, which dates files.
    await this.#options.store.removeUnfinished(Date.now());
    await this.sweep();
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweeping.then(() => this.sweep()).then(
        () => undefined,
        (error: unknown) => this.#options.onSweepFailed(error),
      );
    }, sweepMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
    this.#held.clear();
  }

  /** The secret to seal into a living epoch under; made if there is none. Throws `kek_disabled`. */
  async forSealing(epoch: number): Promise<KeyObject> {
    const held = this.#fresh(epoch);
    if (held) return held;
    const making = this.#making.get(epoch) ?? this.#readOrMake(epoch).finally(() => this.#making.delete(epoch));
    this.#making.set(epoch, making);
    return making;
  }

  /** The secret of an epoch, if it is alive and there is one. Throws `kek_disabled`. */
  async forOpening(epoch: number): Promise<KeyObject | undefined> {
    const now = this.#options.clocks.wall();
    if (epochIsPast(epoch, now) || epochIsAhead(epoch, now)) return undefined;
    return this.#fresh(epoch) ?? this.#read(epoch);
  }

  /** Destroys every secret whose epoch has ended, here and in the folder; can be repeated, and by many at once. */
  async sweep(): Promise<SweepResult> {
    const now = this.#options.clocks.wall();
    for (const epoch of this.#held.keys()) if (epochIsPast(epoch, now)) this.#held.delete(epoch);
    let destroyed = 0;
    let alive = 0;
    for (const epoch of await this.#options.store.list()) {
      if (!epochIsPast(epoch, now)) alive++;
      else if (await this.#options.store.destroy(epoch)) destroyed++;
    }
    this.#options.onSwept({ destroyed, alive });
    return { destroyed, alive };
  }

  /** Wraps every living secret under another KEK version. Returns how many could not be unwrapped. */
  async rewrapAll(to: KekVersion): Promise<number> {
    let skipped = 0;
    for (const epoch of await this.#options.store.list()) skipped += (await this.#rewrap(epoch, to)) ? 0 : 1;
    return skipped;
  }

  /** How many living secrets need a KEK version. */
  async countWrappedBy(kek: KekVersion): Promise<number> {
    let count = 0;
    for (const epoch of await this.#options.store.list()) {
      const wrapped = await this.#options.store.read(epoch);
      if (!wrapped || epochIsPast(epoch, this.#options.clocks.wall())) continue;
      if (isWrappedBy(wrapped, kek)) count++;
    }
    return count;
  }

  /** Lets go of what is held, so that the next use asks the provider. */
  forgetAll(): void {
    this.#held.clear();
  }

  #fresh(epoch: number): KeyObject | undefined {
    const held = this.#held.get(epoch);
    if (!held || held.lifetime.isOver()) {
      this.#held.delete(epoch);
      return undefined;
    }
    return held.secret;
  }

  /** Reads and unwraps; undefined: there is no such secret, or its file is none. */
  async #read(epoch: number, isRetry = false): Promise<KeyObject | undefined> {
    const lifetime = new Lifetime(this.#options.clocks, this.#options.cacheMs);
    const wrapped = await this.#options.store.read(epoch);
    if (!wrapped) return undefined;
    try {
      const secret = await unwrapAt(this.#options.ring.providers, wrapped, { accountId: nobody, version: epoch });
      this.#held.set(epoch, { secret, lifetime });
      return secret;
    } catch (error) {
      if (error instanceof RecordRefusedError) return undefined;
      // It may have been rewrapped, and the old version destroyed, between reading and unwrapping.
      if (isRetry || !(error instanceof TacetError)) throw error;
      return this.#read(epoch, true);
    }
  }

  async #readOrMake(epoch: number): Promise<KeyObject> {
    const existing = await this.#read(epoch);
    if (existing) return existing;
    const { store, ring, clocks } = this.#options;
    await ring.withActive(async (kek) => {
      const secret = createSecretKey(randomBytes(secretBytes));
      await store.create(epoch, await wrapSecret(ring.provider, kek, { accountId: nobody, version: epoch }, secret, clocks.wall()));
    });
    // Read back, whoever wrote it: all processes must use the one that is there.
    const made = await this.#read(epoch);
    if (!made) throw new Error('the secret of an epoch does not unwrap');
    return made;
  }

  /** False: it could not be unwrapped, and stays as it is. */
  async #rewrap(epoch: number, to: KekVersion): Promise<boolean> {
    const { store, ring, clocks } = this.#options;
    const wrapped = await store.read(epoch);
    if (!wrapped || epochIsPast(epoch, clocks.wall())) return true;
    try {
      if (isWrappedBy(wrapped, to)) return true;
      await store.replace(epoch, await rewrapUnder(ring.providers, wrapped, { accountId: nobody, version: epoch }, to));
    } catch (error) {
      if (error instanceof RecordRefusedError || error instanceof TacetError) return false;
      throw error;
    }
    // It may have ended, and been destroyed, between reading and replacing: then it must not come back.
    if (epochIsPast(epoch, clocks.wall())) await store.destroy(epoch);
    return true;
  }
}

function isWrappedBy(wrapped: Buffer, kek: KekVersion): boolean {
  try {
    const { kekId, version } = kekOf(wrapped);
    return kekId === kek.kekId && version === kek.version;
  } catch (error) {
    // Not a wrapped secret: no KEK version could open it.
    if (error instanceof RecordRefusedError) return false;
    throw error;
  }
}
