import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientResponse } from './client-response.ts';
import { httpDate } from './http-date.ts';

/** What a response needs of the connection that it goes out on. */
export interface PlainResponseHost {
  readonly socket: Socket;
  /** Whether the connection can carry another request after this one. */
  readonly isKept: boolean;
  /** As the `Keep-Alive` header says it. */
  readonly keepAliveSeconds: number;
  /** The response is complete. */
  onEnd(): void;
}

const http11 = { httpVersionMajor: 1, httpVersionMinor: 1 } as const;

/**
 * The answer to a plain request, with the headers that `ServerResponse` would send, and none of what it can do besides: one
 * request at a time, no trailers, no headers that are set one by one. Where the length is not told, the body goes in chunks
 * (RFC 9112 §7.1). Header values are this process's own and hold nothing of a client's or a worker's.
 */
export class PlainResponse implements ClientResponse {
  readonly req = http11;
  readonly #host: PlainResponseHost;
  statusCode = 200;
  headersSent = false;
  closed = false;
  #head = '';
  #isChunked = false;
  #hasEnded = false;
  #onClose: (() => void)[] | undefined;

  constructor(host: PlainResponseHost) {
    this.#host = host;
  }

  get socket(): Socket {
    return this.#host.socket;
  }

  get destroyed(): boolean {
    return this.#host.socket.destroyed;
  }

  get writableLength(): number {
    return this.#host.socket.writableLength;
  }

  writeHead(status: number, headers: readonly string[]): void {
    this.statusCode = status;
    this.headersSent = true;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    let hasLength = false;
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i];
      head += `${name}: ${headers[i + 1]}\r\n`;
      hasLength ||= name === 'content-length';
    }
    this.#isChunked = !hasLength;
    const { isKept, keepAliveSeconds } = this.#host;
    const connection = isKept ? `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}\r\n` : 'Connection: close\r\n';
    this.#head = `${head}Date: ${httpDate(Date.now())}\r\n${connection}${hasLength ? '' : 'Transfer-Encoding: chunked\r\n'}\r\n`;
  }

  flushHeaders(): void {
    if (this.#head !== '') this.#host.socket.write(this.#takeHead(), 'latin1');
  }

  write(bytes: string | Buffer): boolean {
    return this.#send(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, '');
  }

  end(last: string | Buffer = '', encoding: BufferEncoding = 'utf8'): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // A short answer leaves with its head, as one string and in one write.
    if (typeof last === 'string' && encoding === 'latin1' && !this.#isChunked) this.#host.socket.write(this.#takeHead() + last, 'latin1');
    else this.#send(typeof last === 'string' ? Buffer.from(last, encoding) : last, this.#isChunked ? '0\r\n\r\n' : '');
    this.closed = true;
    this.#host.onEnd();
  }

  destroy(): void {
    this.#host.socket.destroy();
  }

  on(event: 'close', listener: () => void): void {
    (this.#onClose ??= []).push(listener);
  }

  once(event: 'close' | 'drain', listener: () => void): void {
    if (event === 'drain') this.#host.socket.once('drain', listener);
    else this.on(event, listener);
  }

  /** The connection is gone. Told to those who listen for 'close', unless the response has ended. */
  lose(): void {
    if (this.closed) return;
    this.closed = true;
    this.#hasEnded = true;
    for (const listener of this.#onClose ?? []) listener();
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  #send(bytes: Buffer, tail: string): boolean {
    const { socket } = this.#host;
    socket.cork();
    this.flushHeaders();
    if (bytes.length > 0 && this.#isChunked) socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
    let isFast = true;
    if (bytes.length > 0) isFast = socket.write(bytes);
    if (bytes.length > 0 && this.#isChunked) isFast = socket.write('\r\n', 'latin1');
    if (tail !== '') isFast = socket.write(tail, 'latin1');
    socket.uncork();
    return isFast;
  }
}
