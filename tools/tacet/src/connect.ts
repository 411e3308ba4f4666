import { createRpcClient, readTlsFolder, type Identity, type RpcClient, type RpcClientOptions, type ServiceName } from '@tacet/rpc';
import { requireSetting, type SettingName, type Settings } from './settings.ts';

/** Services that the operator's certificate may call, who serves them, and the setting with the address. */
export const doors = {
  AccountAdmin: { server: 'account', address: 'directoryAddress' },
  KeyService: { server: 'key-service', address: 'keysAddress' },
  Ledger: { server: 'billing', address: 'ledgerAddress' },
} as const satisfies Partial<Record<ServiceName, { readonly server: Identity; readonly address: SettingName }>>;

export type OperatorService = keyof typeof doors;

/** Address, certificate and expected identity of a door. Throws `UsageError` when a setting is missing. */
export function doorOptions(service: OperatorService, settings: Settings): RpcClientOptions {
  const { server, address } = doors[service];
  return { server, address: requireSetting(settings, address), tls: readTlsFolder(requireSetting(settings, 'tlsDir')) };
}

/** Opens a client; it connects with its first call. */
export function connect<S extends OperatorService>(service: S, settings: Settings): RpcClient<S> {
  return createRpcClient(service, doorOptions(service, settings));
}
