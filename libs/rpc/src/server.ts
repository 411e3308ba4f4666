import { once } from 'node:events';
import { experimental, Server, type handleServerStreamingCall, type handleUnaryCall, type ServerUnaryCall, type ServerWritableStream, type UntypedHandleCall } from '@grpc/grpc-js';
import { TacetError } from '@tacet/errors';
import { HealthImplementation } from 'grpc-health-check';
import { CertificateProvider } from './certificate-provider.ts';
import { toStatus } from './errors.ts';
import { cutMsMax, drainMsMax, messageBytesMax, messagesPerTurn } from './limits.ts';
import { serviceDefinitions, type MethodsOf, type ServiceName, type Services } from './services.ts';
import { identityOf, type Identity, type TlsFiles } from './tls.ts';

/** What a handler may know of a call beside its request. */
export interface RpcCall {
  readonly caller: Identity;
  /** Aborted when the caller cancels or its deadline passes. */
  readonly signal: AbortSignal;
}

type Handler<H> =
  H extends handleUnaryCall<infer Request, infer Response> ? (request: Request, call: RpcCall) => Promise<Response>
  : H extends handleServerStreamingCall<infer Request, infer Response> ? (request: Request, call: RpcCall) => AsyncIterable<Response>
  : never;

/** One async function (unary) or async generator (server stream) per rpc. */
export type Implementation<S extends ServiceName> = { readonly [M in MethodsOf<S>]: Handler<Services[S]['handlers'][M]> };

/** Which identities may call which rpc; every rpc must be named. */
export type Policy<S extends ServiceName> = { readonly [M in MethodsOf<S>]: readonly Identity[] };

export interface RpcServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** A `TlsFolder` is followed: each new connection gets the certificates as they are then. */
  readonly tls: TlsFiles;
  /** Told of every error that is not a `TacetError`; the caller sees `internal_error`. */
  readonly onInternalError: (rpc: string, error: unknown) => void;
  /** May make a `TacetError` of an error of something else (a database), before it would become `internal_error`. */
  readonly translate?: (error: unknown) => unknown;
  /** How long a caller of a stream may leave unread what was sent; `drainMsMax` where nothing is said. */
  readonly drainMs?: number;
}

export interface RpcServer {
  readonly port: number;
  /** Refuses new calls, waits for running ones up to `graceMs`, then cuts them. */
  stop(graceMs: number): Promise<void>;
}

/** One service on a server: made by `offer`, so that policy and implementation are checked against its proto. */
export interface Offer {
  readonly name: ServiceName;
  readonly implementation: Readonly<Record<string, unknown>>;
  readonly policy: Readonly<Record<string, readonly Identity[]>>;
}

/** Puts a service's implementation and policy together. */
export function offer<S extends ServiceName>(name: S, policy: Policy<S>, implementation: Implementation<S>): Offer {
  return { name, policy, implementation };
}

type AnyUnary = (request: unknown, call: RpcCall) => Promise<unknown>;
type AnyStream = (request: unknown, call: RpcCall) => AsyncIterable<unknown>;

/** Starts a gRPC server with mutual TLS, the given services and grpc.health.v1. Reflection stays off. */
export async function startRpcServer(options: RpcServerOptions, offers: readonly Offer[]): Promise<RpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    // Without it one client would stay on one replica for ever; Watch streams are opened again by their readers.
    'grpc.max_connection_age_ms': 300_000,
    'grpc.max_connection_age_grace_ms': 60_000,
  });
  for (const { name, implementation, policy } of offers) {
    const handlers: Record<string, UntypedHandleCall> = {};
    for (const [method, definition] of Object.entries(serviceDefinitions[name])) {
      // Looked up for each call: a policy that comes from a file can change.
      const allowed = () => policy[method] ?? [];
      const rpc = `${name}.${method}`;
      handlers[method] = definition.responseStream
        ? streaming(rpc, allowed, implementation[method] as AnyStream, options)
        : unary(rpc, allowed, implementation[method] as AnyUnary, options);
    }
    server.addService(serviceDefinitions[name], handlers);
  }
  const health = new HealthImplementation({ '': 'SERVING' });
  health.addToServer(server);
  const certificates = new CertificateProvider(options.tls);
  const credentials = experimental.createCertificateProviderServerCredentials(certificates, certificates, true);
  const port = await new Promise<number>((resolve, reject) => {
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    server.bindAsync(`${host}:${options.port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    port,
    stop: async (graceMs) => {
      health.setStatus('', 'NOT_SERVING');
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          server.forceShutdown();
          timer = setTimeout(resolve, cutMsMax);
        }, graceMs);
        server.tryShutdown(() => resolve());
      });
      clearTimeout(timer);
    },
  };
}

/** Who calls, if the policy lets them; throws `rpc_not_allowed`. */
function admit(call: ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>, allowed: () => readonly Identity[]): Identity {
  const caller = identityOf(call.getAuthContext()?.sslPeerCertificate);
  if (caller === undefined || !allowed().includes(caller)) throw new TacetError('rpc_not_allowed');
  return caller;
}

function abortWith(call: ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>): AbortSignal {
  const controller = new AbortController();
  call.on('cancelled', () => controller.abort());
  return controller.signal;
}

function hide(rpc: string, error: unknown, { translate, onInternalError }: RpcServerOptions): TacetError {
  const typed = translate ? translate(error) : error;
  if (typed instanceof TacetError) return typed;
  onInternalError(rpc, error);
  return new TacetError('internal_error');
}

function unary(rpc: string, allowed: () => readonly Identity[], handler: AnyUnary, options: RpcServerOptions): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    const run = async () => handler(call.request, { caller: admit(call, allowed), signal: abortWith(call) });
    run().then(
      (response) => callback(null, response),
      (error: unknown) => callback(toStatus(hide(rpc, error, options))),
    );
  };
}

function streaming(rpc: string, allowed: () => readonly Identity[], handler: AnyStream, options: RpcServerOptions): handleServerStreamingCall<unknown, unknown> {
  return (call) => {
    const signal = abortWith(call);
    const run = async () => {
      let messages = 0;
      for await (const response of handler(call.request, { caller: admit(call, allowed), signal })) {
        // A handler that never waits would otherwise keep the event loop, and so the news that its caller has left.
        if (++messages % messagesPerTurn === 0) await new Promise((resolve) => void setImmediate(resolve));
        if (signal.aborted) return;
        if (!call.write(response)) await drained(call, signal, options.drainMs ?? drainMsMax);
      }
      if (!signal.aborted) call.end();
    };
    run().catch((error: unknown) => {
      if (!signal.aborted) call.emit('error', toStatus(hide(rpc, error, options)));
    });
  };
}

/** Waits until the caller has read what was sent. Throws when it leaves, or has read nothing for so long. */
async function drained(call: ServerWritableStream<unknown, unknown>, signal: AbortSignal, drainMs: number): Promise<void> {
  const waiting = new AbortController();
  const giveUp = () => waiting.abort();
  const timer = setTimeout(giveUp, drainMs);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    if (signal.aborted) giveUp();
    await once(call, 'drain', { signal: waiting.signal });
  } catch {
    throw new TacetError('unavailable', { message: 'What was sent was not read.' });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
