export { createRpcClient, type CallOptions, type RpcClient, type RpcClientOptions } from './client.ts';
export { RpcUnavailableError } from './errors.ts';
export { checkRpcHealth, type RpcHealth } from './health.ts';
export { callDeadlineMs, messageBytesMax } from './limits.ts';
export { offer, startRpcServer, type Implementation, type Offer, type Policy, type RpcCall, type RpcServer, type RpcServerOptions } from './server.ts';
export type { ServiceName } from './services.ts';
export { identities, identityOf, readTlsFolder, type Identity, type TlsFiles } from './tls.ts';
export { expiryOf, openTlsFolder, TlsFolder, tlsRenewMs } from './tls-folder.ts';
