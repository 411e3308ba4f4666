import type { KeyObject } from 'node:crypto';
import type { DekBinding, providerByte, WrappedDek } from '@tacet/sealed-record';

/** One version of a master key. */
export interface KekVersion {
  readonly kekId: string;
  /** From 1. */
  readonly version: number;
}

/** Which provider holds which key. */
export interface KekProviders {
  /** `kek_id` of the key of every account that has not chosen another. */
  readonly defaultKekId: string;
  /** Throws `kek_disabled` when no provider is configured for the key. */
  of(kekId: string): KeyProvider;
}

/**
 * What holds master keys (KEKs) and wraps secrets of 32 bytes (DEKs and epoch secrets) under them: a folder of
 * files, a KMS, an HSM. All of them pass one contract suite (tests/key-provider-contract.ts).
 *
 * A version that is missing, disabled or destroyed is `kek_disabled`, and there is no fallback. A blob that does
 * not open is `RecordRefusedError`. A provider that does not answer, or answers nonsense, is `unavailable`.
 */
export interface KeyProvider {
  /** Of which kind it is, as WrappedDekV1 numbers them. */
  readonly name: keyof typeof providerByte;
  /** Its answers come from outside this process: they are checked before anything is written. */
  readonly isRemote: boolean;
  /** Wraps a secret under one version, bound to `binding` where the provider can. Returns its blob. */
  wrap(kekVersion: number, binding: DekBinding, secret: KeyObject): Promise<Uint8Array>;
  /** Unwraps the blob. Whether it is the secret that was committed to is checked by the caller. */
  unwrap(wrapped: WrappedDek): Promise<KeyObject>;
  /** Wraps the same secret under another version, without giving it away where the provider can. Returns the new blob. */
  rewrap(wrapped: WrappedDek, toKekVersion: number): Promise<Uint8Array>;
  /** Makes the next version, above all of its own and above `newest`, and returns it. */
  rotate(kekId: string, newest: number): Promise<number>;
  /** Every version, of all keys or of one, that could unwrap now; in order. */
  describe(kekId?: string): Promise<readonly KekVersion[]>;
  /** Destroys a version for ever; destroying what is not there is no error. */
  destroyVersion(kek: KekVersion): Promise<void>;
  /** Throws `kek_disabled` when the version cannot be used now. */
  health(kek: KekVersion): Promise<void>;
}
