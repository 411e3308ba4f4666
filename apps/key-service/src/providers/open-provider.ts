import { readFileSync } from 'node:fs';
import { readSecretFile } from '@tacet/service';
import type { KeyProvider } from './key-provider.ts';
import type { ProviderSettings } from './providers-file.ts';

/** A provider of `providers.yaml` and what is to be closed with it. */
export interface OpenedProvider {
  readonly provider: KeyProvider;
  readonly forAccounts: boolean;
  close(): void;
}

/**
 * Opens one provider; its code, and the package behind it, are loaded only here. Throws an `Error` that names the
 * variable and what to install.
 */
export async function openProvider(variable: string, settings: ProviderSettings): Promise<OpenedProvider> {
  const { name, forAccounts, timeoutMs } = settings;
  if (settings.kind === 'vault-transit') {
    const { address, mount, tokenFile, authorityFile } = settings;
    const { VaultTransitProvider } = await import('./vault-transit-provider.ts');
    const authority = authorityFile === undefined ? undefined : readFileSync(authorityFile);
    const provider = new VaultTransitProvider({ name, address, mount, authority, timeoutMs, token: () => readSecretFile(variable, tokenFile) });
    return { provider, forAccounts, close: () => undefined };
  }
  if (settings.kind === 'aws-kms') {
    const { region, endpoint } = settings;
    const { openAwsKmsProvider } = await orInstall(variable, name, '@aws-sdk/client-kms', () => import('./aws-kms-provider.ts'));
    const provider = openAwsKmsProvider({ name, region, endpoint, timeoutMs });
    return { provider, forAccounts, close: () => provider.close() };
  }
  const { module, tokenLabel, pinFile } = settings;
  const { openPkcs11Provider } = await orInstall(variable, name, 'pkcs11js', () => import('./pkcs11-provider.ts'));
  const provider = openPkcs11Provider({ name, module, tokenLabel, pin: readSecretFile(variable, pinFile) });
  return { provider, forAccounts, close: () => provider.close() };
}

/** Says what to install where an optional package is not there. Exported for its test. */
export async function orInstall<T>(variable: string, name: string, packageName: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Error(`${variable}: the provider ${name} needs the package ${packageName}; npm install ${packageName}`, { cause: error });
  }
}
