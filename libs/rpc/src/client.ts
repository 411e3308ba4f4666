import { checkServerIdentity } from 'node:tls';
import { Client, experimental, Metadata, type handleServerStreamingCall, type handleUnaryCall, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import type { MethodDefinition as TypedMethod } from '@grpc/proto-loader';
import { CertificateProvider } from './certificate-provider.ts';
import { fromServiceError } from './errors.ts';
import { callDeadlineMs, messageBytesMax } from './limits.ts';
import { serviceDefinitions, type MethodsOf, type ServiceName, type Services } from './services.ts';
import { identityOf, type Identity, type TlsFiles } from './tls.ts';

/** How one call is made. */
export interface CallOptions {
  /** From now; unary calls default to 5,000 ms, streams have none unless given. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

type Call<S extends ServiceName, M extends MethodsOf<S>> =
  Services[S]['definition'][M] extends TypedMethod<infer Request, infer _Response, infer _RequestOutput, infer Output> ?
    Services[S]['handlers'][M] extends handleUnaryCall<infer _A, infer _B> ? (request: Request, options?: CallOptions) => Promise<Output>
    : Services[S]['handlers'][M] extends handleServerStreamingCall<infer _A, infer _B> ? (request: Request, options?: CallOptions) => AsyncIterable<Output>
    : never
  : never;

/**
 * A typed client: one async function (or async iterable) per rpc. Calls throw the other side's `TacetError`,
 * or `RpcUnavailableError` when no answer came.
 */
export type RpcClient<S extends ServiceName> = { readonly [M in MethodsOf<S>]: Call<S, M> } & { close(): void };

export interface RpcClientOptions {
  /** `host:port`; several addresses behind a DNS name are used in turn. */
  readonly address: string;
  /** A `TlsFolder` is followed: each new connection uses the certificates as they are then. */
  readonly tls: TlsFiles;
  /** Whom the server's certificate must speak for, beside being of our authority and naming the host. */
  readonly server: Identity;
}

/** Opens a client. It connects with the first call and again after failures. */
export function createRpcClient<S extends ServiceName>(name: S, options: RpcClientOptions): RpcClient<S> {
  const client = openChannel(options);
  const calls: Record<string, unknown> = { close: () => client.close() };
  for (const [method, definition] of Object.entries(serviceDefinitions[name])) {
    const rpc = `${name}.${method}`;
    calls[method] = definition.responseStream ? streamingCall(client, rpc, definition) : unaryCall(client, rpc, definition);
  }
  return calls as RpcClient<S>;
}

/** A channel to a server whose certificate is of our authority, names the host and speaks for `options.server`. */
export function openChannel(options: RpcClientOptions): Client {
  const certificates = new CertificateProvider(options.tls);
  const channel = experimental.createCertificateProviderChannelCredentials(certificates, certificates, {
    checkServerIdentity: (host, certificate) => {
      if (identityOf(certificate) !== options.server) return new Error(`the server is not tacet://${options.server}`);
      return checkServerIdentity(host, certificate);
    },
  });
  return new Client(options.address, channel, {
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  });
}

/** A unary rpc as an async function. */
export function unaryCall(client: Client, rpc: string, definition: MethodDefinition<unknown, unknown>) {
  return (request: unknown, { deadlineMs = callDeadlineMs, signal }: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const settle = (error: ServiceError | null, response?: unknown) => {
        signal?.removeEventListener('abort', cancel);
        if (error) reject(fromServiceError(rpc, error));
        else resolve(response);
      };
      const call = client.makeUnaryRequest(definition.path, definition.requestSerialize, definition.responseDeserialize, request, new Metadata(), { deadline: Date.now() + deadlineMs }, settle);
      const cancel = () => call.cancel();
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
}

function streamingCall(client: Client, rpc: string, definition: MethodDefinition<unknown, unknown>) {
  return async function* (request: unknown, { deadlineMs, signal }: CallOptions = {}): AsyncGenerator<unknown> {
    const deadline = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    const call = client.makeServerStreamRequest(definition.path, definition.requestSerialize, definition.responseDeserialize, request, new Metadata(), deadline);
    const cancel = () => call.cancel();
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    try {
      for await (const response of call) yield response;
    } catch (error) {
      throw fromServiceError(rpc, error as ServiceError);
    } finally {
      signal?.removeEventListener('abort', cancel);
      call.cancel();
    }
  };
}
