import type { KeyObject } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import { commitDek, dekIsCommitted, encodeWrappedDek, parseWrappedDek, providerByte, RecordRefusedError } from '@tacet/sealed-record';
import type { WrappedDek } from '@tacet/sealed-record';
import type { KekProviders, KekVersion, KeyProvider } from './key-provider.ts';

/** Whose secret it is: a DEK of an account, or (the zero account) the secret of an epoch. */
export interface SecretOwner {
  /** 16 bytes. */
  readonly accountId: Uint8Array;
  /** Version of the DEK; of an epoch secret: the epoch. */
  readonly version: number;
}

/** Wraps a secret as WrappedDekV1. Throws `kek_disabled`. */
export async function wrapSecret(provider: KeyProvider, kek: KekVersion, owner: SecretOwner, secret: KeyObject, createdMs: number): Promise<Buffer> {
  const { kekId, version: kekVersion } = kek;
  const { accountId, version: dekVersion } = owner;
  const binding = { provider: providerByte[provider.name], kekId, dekVersion, accountId, createdMs, commitment: commitDek(secret) };
  const wrapped = { ...binding, kekVersion, blob: await provider.wrap(kekVersion, binding, secret) };
  await checkAnswer(provider, wrapped);
  return encodeWrappedDek(wrapped);
}

/**
 * Unwraps WrappedDekV1. Throws `kek_disabled`, or `RecordRefusedError` when it is another owner's, of another
 * provider, or opens to something else than what was wrapped.
 */
export async function unwrapSecret(provider: KeyProvider, bytes: Uint8Array, owner: SecretOwner): Promise<KeyObject> {
  const wrapped = parseOwn(provider, bytes, owner);
  const secret = await provider.unwrap(wrapped);
  if (!dekIsCommitted(secret, wrapped)) throw new RecordRefusedError();
  return secret;
}

/** The same secret under another version of its KEK; a provider may do it without giving it away. Throws as `unwrapSecret`. */
export async function rewrapSecret(provider: KeyProvider, bytes: Uint8Array, owner: SecretOwner, toKekVersion: number): Promise<Buffer> {
  const wrapped = parseOwn(provider, bytes, owner);
  const rewrapped = { ...wrapped, kekVersion: toKekVersion, blob: await provider.rewrap(wrapped, toKekVersion) };
  await checkAnswer(provider, rewrapped);
  return encodeWrappedDek(rewrapped);
}

/** As `unwrapSecret`, at the provider of the KEK that wrapped it. */
export async function unwrapAt(providers: KekProviders, bytes: Uint8Array, owner: SecretOwner): Promise<KeyObject> {
  return unwrapSecret(providers.of(kekOf(bytes).kekId), bytes, owner);
}

/** Brings a secret under a version of its own KEK, or of another one, which may be another provider's. Throws as `unwrapSecret`. */
export async function rewrapUnder(providers: KekProviders, bytes: Uint8Array, owner: SecretOwner, kek: KekVersion): Promise<Buffer> {
  const { kekId } = kekOf(bytes);
  const from = providers.of(kekId);
  return kekId === kek.kekId ? rewrapSecret(from, bytes, owner, kek.version) : moveSecret(from, bytes, owner, providers.of(kek.kekId), kek);
}

/** To another key: unwrapped here, in memory, and wrapped anew. */
async function moveSecret(from: KeyProvider, bytes: Uint8Array, owner: SecretOwner, to: KeyProvider, kek: KekVersion): Promise<Buffer> {
  const { createdMs } = parseOwn(from, bytes, owner);
  return wrapSecret(to, kek, owner, await unwrapSecret(from, bytes, owner), createdMs);
}

/** What a provider outside answered must open to what was committed to, before it takes the place of anything. */
async function checkAnswer(provider: KeyProvider, wrapped: WrappedDek): Promise<void> {
  if (!provider.isRemote) return;
  const opened = await provider.unwrap(wrapped).catch((error: unknown) => {
    if (error instanceof RecordRefusedError) return undefined;
    throw error;
  });
  if (!opened || !dekIsCommitted(opened, wrapped)) throw new TacetError('unavailable', { message: 'The provider of the master key answered with something else.' });
}

/** Which KEK a wrapped secret needs. Throws `RecordRefusedError`. */
export function kekOf(bytes: Uint8Array): KekVersion {
  const { kekId, kekVersion } = parseWrappedDek(bytes);
  return { kekId, version: kekVersion };
}

/** Rows and files can be swapped by who may write them: what they are is read from the wrapped secret itself. */
function parseOwn(provider: KeyProvider, bytes: Uint8Array, owner: SecretOwner): WrappedDek {
  const wrapped = parseWrappedDek(bytes);
  const isOwners = wrapped.dekVersion === owner.version && Buffer.compare(wrapped.accountId, owner.accountId) === 0;
  if (!isOwners || wrapped.provider !== providerByte[provider.name]) throw new RecordRefusedError();
  return wrapped;
}
