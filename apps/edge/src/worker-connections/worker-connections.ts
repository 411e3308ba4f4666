import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Places } from '../places.ts';
import type { AnswerReceiver, Attempt } from './answer-receiver.ts';
import { WorkerConnection, type ConnectionOwner, type WorkerRequest } from './worker-connection.ts';

/** How often idle connections are looked at. */
const sweepMs = 1_000;
/** A worker that says when it closes an idle connection is believed, less so much for what is on its way. */
const keepAliveMarginMs = 1_000;
/** Silence after which the operating system asks whether the other side of a connection is still there. */
const tcpKeepAliveMs = 60_000;
/** Most that one read takes. */
const readBytesMax = 65_536;
/** What every socket is read into. Reads are synchronous: each is copied out before another can begin. */
const readBuffer = Buffer.allocUnsafeSlow(readBytesMax);

export interface WorkerConnectionsOptions {
  /** http or https. Its host is named in certificates. */
  readonly url: URL;
  /** What is connected to: an address of the host, or the host itself, which is resolved then. */
  readonly address: string;
  /** The longest that making a connection may take, TLS included. */
  readonly connectMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  readonly monotonicMs: () => number;
}

/**
 * The connections to one worker: HTTP/1.1, a connection for each request that runs, kept for the next one. As many as requests run
 * at once. That one was closed by the worker just when a request went out on it is a failure like any other: it could have got there.
 */
export class WorkerConnections implements ConnectionOwner {
  readonly #options: WorkerConnectionsOptions;
  readonly #all = new Places<WorkerConnection>();
  /** The one used last is at the end. */
  readonly #idle: WorkerConnection[] = [];
  readonly #sweep: NodeJS.Timeout;
  #isClosed = false;
  #tlsSession: Buffer | undefined;

  constructor(options: WorkerConnectionsOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => this.#closeExpired(), sweepMs).unref();
  }

  /** Sends a request. The receiver is told nothing before this has returned. */
  send(request: WorkerRequest, receiver: AnswerReceiver): Attempt {
    return (this.#takeIdle() ?? this.#open()).send(request, receiver);
  }

  /** No connection is kept any more; what runs goes on. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Ends everything that runs too: it has failed. */
  destroy(): void {
    this.close();
    for (const connection of this.#all.all()) connection.destroy();
  }

  onIdle(connection: WorkerConnection, keepAliveSeconds: number | undefined): void {
    const { keepAliveMs, monotonicMs } = this.#options;
    const ms = keepAliveSeconds === undefined ? keepAliveMs : Math.min(keepAliveMs, keepAliveSeconds * 1_000 - keepAliveMarginMs);
    if (this.#isClosed || ms <= 0) return connection.destroy();
    connection.idleUntilMs = monotonicMs() + ms;
    this.#idle.push(connection);
  }

  onGone(connection: WorkerConnection): void {
    this.#all.remove(connection);
    const place = this.#idle.lastIndexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
  }

  /** One that is still kept; those that are not are closed here too, because the sweep may come too late. */
  #takeIdle(): WorkerConnection | undefined {
    if (this.#idle.length === 0) return undefined;
    const now = this.#options.monotonicMs();
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.idleUntilMs > now) return connection;
      connection.destroy();
    }
    return undefined;
  }

  #closeExpired(): void {
    const now = this.#options.monotonicMs();
    for (const connection of this.#idle.filter(({ idleUntilMs }) => idleUntilMs <= now)) connection.destroy();
  }

  #open(): WorkerConnection {
    const isTls = this.#options.url.protocol === 'https:';
    const onread: OnReadOpts = {
      buffer: readBuffer,
      callback: (length) => {
        connection.onRead(copyOfRead(length));
        return true;
      },
    };
    const socket = isTls ? this.#connectTls(onread) : this.#connectPlain(onread);
    socket.setNoDelay(true).setKeepAlive(true, tcpKeepAliveMs);
    const connection = new WorkerConnection(socket, this.#options.connectMs, this);
    socket.once(isTls ? 'secureConnect' : 'connect', () => connection.onOpen());
    this.#all.add(connection);
    return connection;
  }

  #connectPlain(onread: OnReadOpts): Socket {
    return connectPlain({ host: this.#host, port: this.#port, onread });
  }

  /** Against the certificates that Node trusts; the name that is checked is the host's. */
  #connectTls(onread: OnReadOpts): Socket {
    const name = withoutBrackets(this.#options.url.hostname);
    const given = { host: this.#host, port: this.#port, onread, ALPNProtocols: ['http/1.1'], session: this.#tlsSession };
    // An address is no name that could be asked for (RFC 6066 §3); then the certificate must hold the address.
    const socket = connectTls(isIP(name) === 0 ? { ...given, servername: name } : given);
    // Node tells of a session once it has checked the certificate, which the connection that takes it up need not do again.
    socket.on('session', (session) => (this.#tlsSession = session));
    return socket;
  }

  get #host(): string {
    return withoutBrackets(this.#options.address);
  }

  get #port(): number {
    const { port, protocol } = this.#options.url;
    if (port !== '') return Number(port);
    return protocol === 'https:' ? 443 : 80;
  }
}

/** A copy is what its receivers may keep; most are so small that they share their memory's blocks. */
function copyOfRead(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  readBuffer.copy(bytes, 0, 0, length);
  return bytes;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
