import type { Socket } from 'node:net';
import type { ClientResponse } from './client-response.ts';

const dataPrefix = Buffer.from('data: ');
const noPrefix = Buffer.alloc(0);
/** Bytes of an HTTP chunk around its content: a length of up to eight hex digits and two line ends. */
const framingBytes = 12;

/**
 * Writes an event stream to a client. Each call makes one buffer, framed as an HTTP chunk (RFC 9112 §7.1), and
 * one write to the socket; ServerResponse would make three of it. Where the response has no socket of its own
 * (a pipelined request whose turn has not come) or the client speaks HTTP/1.0, it goes the ordinary way.
 */
export class EventWriter {
  readonly #response: ClientResponse;
  readonly #headers: () => string[];
  readonly #prefix: Buffer;
  #socket: Socket | undefined;
  #isCommitted = false;

  /** `headers`: names and values, asked for when the status is sent. `framing`: whether events are data alone, or whole lines. */
  constructor(response: ClientResponse, headers: () => string[], framing: 'data' | 'lines') {
    this.#response = response;
    this.#headers = headers;
    this.#prefix = framing === 'data' ? dataPrefix : noPrefix;
  }

  /** Whether status 200 has been sent: errors travel in the stream from then on. */
  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  /** Bytes that wait for the client to read. */
  get waitingBytes(): number {
    return this.#socket?.writableLength ?? this.#response.writableLength;
  }

  /** Sends events, each given without the empty line that ends it. Returns false when the client is slow: more should wait for `whenDrained`. */
  writeEvents(events: readonly Buffer[]): boolean {
    const prefix = this.#prefix;
    let bytes = 0;
    for (const event of events) bytes += prefix.length + event.length + 2;
    const buffer = Buffer.allocUnsafe(framingBytes + bytes);
    const size = bytes.toString(16);
    let at = buffer.write(size, 0, 'latin1');
    buffer[at++] = 0x0d;
    buffer[at++] = 0x0a;
    const start = at;
    for (const event of events) {
      at += prefix.copy(buffer, at);
      at += event.copy(buffer, at);
      buffer[at++] = 0x0a;
      buffer[at++] = 0x0a;
    }
    const end = at;
    buffer[at++] = 0x0d;
    buffer[at++] = 0x0a;
    this.#commit();
    if (this.#socket) return this.#socket.write(buffer.subarray(0, at));
    return this.#response.write(buffer.subarray(start, end));
  }

  /** What says nothing, between events: it keeps the connection from being thought dead, and commits the status. */
  writeKeepAlive(lines: string): void {
    this.#commit();
    this.#response.write(lines);
  }

  /** Sends the last bytes and ends the response; the connection can carry the next request. */
  end(last: string): void {
    this.#commit();
    this.#response.end(last);
  }

  /** Calls `resume` once when the client has read what waits. */
  whenDrained(resume: () => void): void {
    (this.#socket ?? this.#response).once('drain', resume);
  }

  #commit(): void {
    if (this.#isCommitted) return;
    this.#isCommitted = true;
    const { req: request, socket } = this.#response;
    this.#response.writeHead(200, this.#headers());
    this.#response.flushHeaders();
    const isChunked = request.httpVersionMajor === 1 && request.httpVersionMinor === 1;
    if (socket && isChunked) this.#socket = socket;
  }
}
