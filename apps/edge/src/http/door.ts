import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { TacetError, type ErrorCode } from '@tacet/errors';
import { Places } from '../places.ts';
import type { DoorTls } from './certificates.ts';
import { errorBody } from './error-envelope.ts';
import { PlainConnection, type PlainConnectionOptions } from './plain-connection.ts';

/** Longer than the usual load balancer keeps a connection (60–75 s): it must be the one to close. */
const keepAliveMs = 90_000;
const headersMs = 20_000;
const headerBytesMax = 16_384;
const checkMs = 5_000;

export interface DoorOptions {
  /** How long a request may take to arrive. */
  readonly bodyMs: number;
  readonly connectionsMax: number;
  /** Undefined: no TLS. */
  readonly tls: DoorTls | undefined;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Takes plain requests, without what `node:http` costs; undefined: `handle` gets all. */
  readonly plain?: Pick<PlainConnectionOptions, 'serve' | 'budget'>;
}

/**
 * An HTTP server that can go in two steps: first it tells clients to leave, then it closes. Connections begin as plain ones, and
 * `node:http` takes them over with the first request that is not.
 */
export class Door {
  readonly #server: Server;
  readonly #plain = new Places<PlainConnection>();
  #sweeping: NodeJS.Timeout | undefined;
  #isLeaving = false;

  constructor(options: DoorOptions) {
    const settings = {
      keepAliveTimeout: keepAliveMs, headersTimeout: Math.min(headersMs, options.bodyMs), requestTimeout: options.bodyMs,
      connectionsCheckingInterval: checkMs, maxHeaderSize: headerBytesMax, noDelay: true,
    } satisfies ServerOptions;
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      if (this.#isLeaving) response.shouldKeepAlive = false;
      options.handle(request, response);
    };
    this.#server = options.tls ? createTlsServer({ ...settings, ...options.tls }, handle) : createServer(settings, handle);
    this.#server.maxConnections = options.connectionsMax;
    // The answer to Expect comes when it is sure that the body is wanted.
    this.#server.on('checkContinue', handle);
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseRaw(socket, error));
    if (options.plain) {
      this.#servePlainly(options.tls ? 'secureConnection' : 'connection', options.plain);
      this.#sweeping = setInterval(() => this.#plain.visit((connection) => connection.sweep(keepAliveMs / checkMs, settings.headersTimeout / checkMs)), checkMs).unref();
    }
  }

  /** `event`: with which the server's own listener gets a connection. It gets it later instead, if at all. */
  #servePlainly(event: 'connection' | 'secureConnection', { serve, budget }: NonNullable<DoorOptions['plain']>): void {
    const [take] = this.#server.listeners(event);
    if (take === undefined) throw new Error(`the HTTP server does not listen for '${event}'`);
    this.#server.removeListener(event, take as (socket: Socket) => void);
    const giveAway = (socket: Socket, bytes: Buffer) => {
      socket.pause();
      socket.unshift(bytes);
      take.call(this.#server, socket);
      socket.resume();
    };
    const onGone = (connection: PlainConnection) => void this.#plain.remove(connection);
    const isLeaving = () => this.#isLeaving;
    this.#server.on(event, (socket: Socket) => this.#plain.add(new PlainConnection({ socket, budget, keepAliveMs, serve, giveAway, isLeaving, onGone })));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `port` 0 takes a free one. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** New connections get the new certificate. */
  renew(tls: DoorTls): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(tls);
  }

  /** From now on every answer asks its client to close the connection. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Takes no more connections and closes the idle ones; resolves when the last has ended. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    clearInterval(this.#sweeping);
    for (const connection of this.#plain.all()) if (!connection.isBusy) connection.close();
    return closed;
  }

  /** Ends what is left. */
  closeNow(): void {
    this.#server.closeAllConnections();
    for (const { socket } of this.#plain.all()) socket.destroy();
  }
}

const codes: { readonly [code: string]: ErrorCode } = { HPE_HEADER_OVERFLOW: 'headers_too_large', ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout' };

/** Answers what is not a request that could be handled. */
function refuseRaw(socket: Socket, { code = '' }: NodeJS.ErrnoException): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = new TacetError(codes[code] ?? 'bad_request');
  const body = errorBody(error, 'openai');
  const status = `HTTP/1.1 ${error.httpStatus} ${STATUS_CODES[error.httpStatus] ?? ''}`;
  const headers = ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  socket.end(`${[status, ...headers].join('\r\n')}\r\n\r\n${body}`);
}
