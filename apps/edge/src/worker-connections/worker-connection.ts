import type { Socket } from 'node:net';
import type { Placed } from '../places.ts';
import type { AnswerHead } from './answer-head.ts';
import { AnswerReader, type AnswerReaderHost } from './answer-reader.ts';
import type { AnswerReceiver, Attempt } from './answer-receiver.ts';

/** A request as it goes out. */
export interface WorkerRequest {
  /** Request line and headers, with the empty line behind them; one byte for each character. */
  readonly head: string;
  /** A text has one byte for each character too, and goes out with the head in one write; buffers are written as they are, without a copy. */
  readonly body: string | readonly Buffer[];
}

/** The connections that this one is among. */
export interface ConnectionOwner {
  /** It can take another request. `keepAliveSeconds`: how long the worker keeps it open. */
  onIdle(connection: WorkerConnection, keepAliveSeconds: number | undefined): void;
  onGone(connection: WorkerConnection): void;
}

/**
 * One connection to a worker, with one request at a time on it. Whatever is odd closes it: an answer that could be another
 * request's must reach nobody.
 */
export class WorkerConnection implements AnswerReaderHost, Placed {
  place = -1;
  /** When it is closed if it is still idle; kept by its owner. */
  idleUntilMs = 0;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader = new AnswerReader(this);
  #attempt: ConnectionAttempt | undefined;
  /** What goes out as soon as there is a connection. */
  #waiting: WorkerRequest | undefined;
  #isOpen = false;
  #isGone = false;
  #isPaused = false;
  /** The answer is whole, and its receiver wants nothing more for now. */
  #isEndHeld = false;
  #connectTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, connectMs: number, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#connectTimer = setTimeout(() => this.#leave(), connectMs);
    socket.on('end', () => this.#reader.takeClose());
    socket.on('error', () => this.#leave());
    socket.on('close', () => this.#leave());
  }

  /** The connection is made. */
  onOpen(): void {
    clearTimeout(this.#connectTimer);
    this.#connectTimer = undefined;
    if (this.#isGone) return;
    this.#isOpen = true;
    const request = this.#waiting;
    this.#waiting = undefined;
    if (request) this.#write(request);
  }

  /** Bytes of the socket; they are the connection's from here on. */
  onRead(bytes: Buffer): void {
    this.#reader.take(bytes);
  }

  /** It must be idle. */
  send(request: WorkerRequest, receiver: AnswerReceiver): Attempt {
    const attempt = new ConnectionAttempt(this, receiver);
    this.#attempt = attempt;
    this.#reader.begin();
    if (this.#isOpen) this.#write(request);
    else this.#waiting = request;
    return attempt;
  }

  /** Nobody wants what comes on it: the end of the connection ends the request at the worker. */
  abandon(): void {
    this.#attempt = undefined;
    this.#leave();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#isEndHeld) this.#finish(false);
    else this.#socket.resume();
  }

  /** Ends it, and what runs on it. */
  destroy(): void {
    this.#leave();
  }

  // --- What its reader reads ---

  takeHead(head: AnswerHead): void {
    this.#attempt?.receiver?.onHead(head.status, head.headers);
  }

  takeBody(bytes: Buffer): void {
    const receiver = this.#attempt?.receiver;
    if (receiver === undefined || receiver.onData(bytes) || this.#isGone) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  takeEnd(mayReuse: boolean): void {
    // What is not read meanwhile could be read as the next request's answer: such a connection is not used again.
    if (this.#isPaused) this.#isEndHeld = true;
    // A worker that has not taken the whole request may take the next one for the rest of it.
    else this.#finish(mayReuse && this.#socket.writableLength === 0);
  }

  takeInvalid(): void {
    this.#leave();
  }

  #finish(mayReuse: boolean): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    // First the connection, so that what begins in `onEnd` can have it.
    if (mayReuse) this.#owner.onIdle(this, this.#reader.head.keepAliveSeconds);
    else this.#leave();
    attempt?.end()?.onEnd();
  }

  #write({ head, body }: WorkerRequest): void {
    const socket = this.#socket;
    if (typeof body === 'string') {
      socket.write(head + body, 'latin1');
      return;
    }
    socket.cork();
    socket.write(head, 'latin1');
    for (const piece of body) socket.write(piece);
    socket.uncork();
  }

  /** It is over, for whatever reason; an answer that had not ended has failed. */
  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#connectTimer);
    this.#waiting = undefined;
    this.#reader.stop();
    this.#socket.destroy();
    this.#owner.onGone(this);
    if (this.#isEndHeld) return;
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.end()?.onFailure();
  }
}

/** One request on a connection, which is another's afterwards: then this one reaches nothing any more. */
class ConnectionAttempt implements Attempt {
  receiver: AnswerReceiver | undefined;
  #connection: WorkerConnection | undefined;

  constructor(connection: WorkerConnection, receiver: AnswerReceiver) {
    this.receiver = receiver;
    this.#connection = connection;
  }

  abort(): void {
    const connection = this.#connection;
    this.end();
    connection?.abandon();
  }

  resume(): void {
    this.#connection?.resume();
  }

  /** Nothing more is told. Returns whom the end may be told. */
  end(): AnswerReceiver | undefined {
    const { receiver } = this;
    this.receiver = undefined;
    this.#connection = undefined;
    return receiver;
  }
}
