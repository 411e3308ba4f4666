import { TacetError } from '@tacet/errors';
import { createRpcClient, RpcUnavailableError, type RpcClient, type TlsFiles } from '@tacet/rpc';

/** The processes that account calls. */
export interface Peers {
  readonly keys: RpcClient<'KeyService'>;
  readonly seals: RpcClient<'SealService'>;
  readonly ledger: RpcClient<'Ledger'>;
  close(): void;
}

/** Opens the clients; each connects with its first call. */
export function openPeers(tls: TlsFiles, addresses: { readonly keysAddress: string; readonly ledgerAddress: string }): Peers {
  const keys = createRpcClient('KeyService', { address: addresses.keysAddress, tls, server: 'key-service' });
  const seals = createRpcClient('SealService', { address: addresses.keysAddress, tls, server: 'key-service' });
  const ledger = createRpcClient('Ledger', { address: addresses.ledgerAddress, tls, server: 'billing' });
  return {
    keys,
    seals,
    ledger,
    close: () => {
      for (const client of [keys, seals, ledger]) client.close();
    },
  };
}

/** A peer that gives no answer is `unavailable` to our own callers; every other error stays what it is. */
export function peerError(error: unknown): unknown {
  return error instanceof RpcUnavailableError ? new TacetError('unavailable', { cause: error, retryAfterMs: 2_000 }) : error;
}
