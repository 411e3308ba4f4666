import type { KekProviders, KeyProvider } from '../src/providers/key-provider.ts';

/** One provider for every KEK. */
export function onlyProvider(provider: KeyProvider, defaultKekId = 'main'): KekProviders {
  return { defaultKekId, of: () => provider };
}
