import { createRpcClient, readTlsFolder, type RpcClient } from '@tacet/rpc';
import type { DeploymentAddresses } from './application-environment.ts';
import type { DeploymentPaths } from './deployment-paths.ts';

/** What an operator's certificate opens. */
export interface OperatorClients {
  readonly accounts: RpcClient<'AccountAdmin'>;
  readonly ledger: RpcClient<'Ledger'>;
  readonly keys: RpcClient<'KeyService'>;
  close(): void;
}

/** Opens the operator's clients; each connects with its first call. */
export function openOperatorClients(paths: DeploymentPaths, addresses: Pick<DeploymentAddresses, 'ledger' | 'keys' | 'directory'>): OperatorClients {
  const tls = readTlsFolder(paths.certificates('operator'));
  const accounts = createRpcClient('AccountAdmin', { address: addresses.directory, tls, server: 'account' });
  const ledger = createRpcClient('Ledger', { address: addresses.ledger, tls, server: 'billing' });
  const keys = createRpcClient('KeyService', { address: addresses.keys, tls, server: 'key-service' });
  return {
    accounts,
    ledger,
    keys,
    close: () => {
      for (const client of [accounts, ledger, keys]) client.close();
    },
  };
}
