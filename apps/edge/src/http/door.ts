import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { TacetError, type ErrorCode } from '@tacet/errors';
import type { DoorTls } from './certificates.ts';
import { errorBody } from './error-envelope.ts';

/** Longer than the usual load balancer keeps a connection (60–75 s): it must be the one to close. */
const keepAliveMs = 90_000;
const headersMs = 20_000;
const headerBytesMax = 16_384;
const checkMs = 5_000;

export interface DoorOptions {
  /** How long a request may take to arrive. */
  readonly bodyMs: number;
  readonly connectionsMax: number;
  /** Undefined: plain HTTP. */
  readonly tls: DoorTls | undefined;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** An HTTP server that can go in two steps: first it tells clients to leave, then it closes. */
export class Door {
  readonly #server: Server;
  #isLeaving = false;

  constructor(options: DoorOptions) {
    const settings: ServerOptions = {
      keepAliveTimeout: keepAliveMs, headersTimeout: Math.min(headersMs, options.bodyMs), requestTimeout: options.bodyMs,
      connectionsCheckingInterval: checkMs, maxHeaderSize: headerBytesMax, noDelay: true,
    };
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      if (this.#isLeaving) response.shouldKeepAlive = false;
      options.handle(request, response);
    };
    this.#server = options.tls ? createTlsServer({ ...settings, ...options.tls }, handle) : createServer(settings, handle);
    this.#server.maxConnections = options.connectionsMax;
    // The answer to Expect comes when it is sure that the body is wanted.
    this.#server.on('checkContinue', handle);
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseRaw(socket, error));
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
    return closed;
  }

  /** Ends what is left. */
  closeNow(): void {
    this.#server.closeAllConnections();
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
