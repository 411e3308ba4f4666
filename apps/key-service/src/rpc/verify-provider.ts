import { createSecretKey, randomBytes } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import type { KekRing } from '../keks/kek-ring.ts';
import { kekIdOf } from '../providers/kek-name.ts';
import type { KekVersion, KeyProvider } from '../providers/key-provider.ts';
import type { ProviderSet } from '../providers/provider-set.ts';
import { unwrapSecret, wrapSecret } from '../providers/wrapped-secret.ts';

/** Longest name of a key at a provider. */
const keyCharactersMax = 256;
const nobody = Buffer.alloc(16);

/** Whether a key can be used now. Nothing of it is kept but its version. */
export function createVerifyProvider(ring: KekRing, providers: ProviderSet): Implementation<'KeyService'>['VerifyProvider'] {
  return async ({ providerName, key }) => {
    const { kekId, version } = await tryKek(ring.kekId, providers, providerName, key);
    return { provider: providers.of(kekId).name, kekId, kekVersion: version };
  };
}

/**
 * Wraps and unwraps a random secret under the newest version of a key that accounts may choose. Throws `field_invalid`, `kek_disabled`, `unavailable`.
 */
export async function tryKek(ownKekId: string, providers: ProviderSet, providerName: string, key: string): Promise<KekVersion> {
  const provider = providers.forAccount(providerName);
  const kekId = kekIdOf(providerName, key);
  // The deployment's own key is no account's, even at a provider that both may use.
  if (key === '' || key.length > keyCharactersMax || kekId === ownKekId) throw new TacetError('field_invalid', { param: 'key' });
  const kek = (await describe(provider, kekId)).at(-1);
  if (!kek) throw notUsable();
  const owner = { accountId: nobody, version: 0 };
  const wrapped = await wrapSecret(provider, kek, owner, createSecretKey(randomBytes(32)), 0);
  await unwrapSecret(provider, wrapped, owner);
  return kek;
}

/** What is not there and what is forbidden are told alike: names of keys at a provider are its customers' own. */
async function describe(provider: KeyProvider, kekId: string): Promise<readonly KekVersion[]> {
  try {
    return await provider.describe(kekId);
  } catch (error) {
    throw error instanceof TacetError && error.code === 'kek_disabled' ? notUsable() : error;
  }
}

function notUsable(): TacetError {
  return new TacetError('kek_disabled', { message: 'There is no such key at the provider, or it may not be used.' });
}
