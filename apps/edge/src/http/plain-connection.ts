import type { Socket } from 'node:net';
import type { Endpoint } from '../endpoints.ts';
import type { Placed } from '../places.ts';
import type { BodyBudget } from './body-budget.ts';
import { parsePlainHead, type PlainHead } from './parse-plain-head.ts';
import { PlainRequest } from './plain-request.ts';
import { PlainResponse, type PlainResponseHost } from './plain-response.ts';

/** How long the parts of a plain request may take, in milliseconds, and how many they may be. */
export const plainWholeMs = 50;
export const plainPartsMax = 32;

export interface PlainConnectionOptions {
  readonly socket: Socket;
  readonly budget: BodyBudget;
  readonly keepAliveMs: number;
  readonly serve: (endpoint: Endpoint, request: PlainRequest, response: PlainResponse) => void;
  /** Takes the connection over for good; `bytes` are the first that came, and were not served. */
  readonly giveAway: (socket: Socket, bytes: Buffer) => void;
  /** Whether clients are to go elsewhere. */
  readonly isLeaving: () => boolean;
  /** It is closed, or was given away. */
  readonly onGone: (connection: PlainConnection) => void;
}

/**
 * A client's connection for as long as nothing but plain requests comes on it (`parse-plain-head.ts`), one after the other.
 * The first bytes that are anything else, and all that follows, go to `node:http`. A request that is answered here was whole,
 * and nothing had come behind it.
 */
export class PlainConnection implements PlainResponseHost, Placed {
  place = -1;
  readonly socket: Socket;
  readonly #options: PlainConnectionOptions;
  #response: PlainResponse | undefined;
  /** What came of the next request. */
  #pending: Buffer | undefined;
  #parts = 0;
  #wholeTimer: NodeJS.Timeout | undefined;
  /** What came while a request ran. */
  #early: Buffer | undefined;
  #hasServed = false;
  /** The client asks nothing more after the request that runs. */
  #isLast = false;
  #idleSweeps = 0;

  constructor(options: PlainConnectionOptions) {
    this.#options = options;
    this.socket = options.socket;
    this.socket.on('data', this.#onData).on('end', this.#onEndOfClient).on('error', this.#onError).on('timeout', this.#onTimeout).on('close', this.#onClose);
  }

  get isKept(): boolean {
    return !this.#isLast && !this.#options.isLeaving();
  }

  get keepAliveSeconds(): number {
    return Math.floor(this.#options.keepAliveMs / 1000);
  }

  /** Whether a request runs, or has begun to come. */
  get isBusy(): boolean {
    return this.#response !== undefined || this.#pending !== undefined;
  }

  /** Called every now and then: closes it where it was idle for too many of those times. `silentMax`: if it never asked anything. */
  sweep(idleMax: number, silentMax: number): void {
    this.#idleSweeps = this.isBusy ? 0 : this.#idleSweeps + 1;
    if (this.#idleSweeps > (this.#hasServed ? idleMax : silentMax)) this.close();
  }

  /** Closes it as soon as the client was sent what it was answered. */
  close(): void {
    this.socket.destroySoon();
  }

  onEnd(): void {
    this.#response = undefined;
    if (this.socket.destroyed || this.socket.writableEnded) return;
    const early = this.#early;
    this.#early = undefined;
    if (early) this.#giveAway(early);
    else if (!this.isKept) this.close();
    else if (this.socket.writableNeedDrain) {
      // Who does not read answers is not asked what else he wants.
      this.socket.pause();
      this.socket.once('drain', () => this.socket.resume());
    }
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#response) return this.#keepEarly(bytes);
    const all = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
    const head = parsePlainHead(all);
    if (head === 'other') return this.#giveAway(all);
    if (head === 'more' || head.bodyEnd > all.length) return this.#wait(all);
    // Whatever comes behind it: `node:http` answers in turn.
    if (head.bodyEnd < all.length) return this.#giveAway(all);
    this.#forgetPending();
    this.#begin(head, all);
  };

  /** A client that has said its last word has gone, as for `node:http`. */
  readonly #onEndOfClient = (): void => void this.socket.end();

  readonly #onError = (): void => undefined;

  /** Set for a client that does not read its answer. One that has read it since is idle like any other. */
  readonly #onTimeout = (): void => {
    if (this.socket.writableLength > 0) this.socket.destroy();
    else this.socket.setTimeout(0);
  };

  readonly #onClose = (): void => {
    this.#forgetPending();
    this.#options.onGone(this);
    this.#response?.lose();
  };

  #begin({ endpoint, headers, bodyStart, bodyEnd }: PlainHead, bytes: Buffer): void {
    this.#hasServed = true;
    this.#isLast = headers.connection?.toLowerCase() === 'close';
    this.#idleSweeps = 0;
    // Left by an answer that was not read for a while.
    if (this.socket.timeout) this.socket.setTimeout(0);
    const response = new PlainResponse(this);
    this.#response = response;
    this.#options.serve(endpoint, new PlainRequest(headers, bytes.subarray(bodyStart, bodyEnd)), response);
  }

  /** The rest of a request is on its way; one that takes longer than the usual is for `node:http` to wait for. */
  #wait(bytes: Buffer): void {
    const more = bytes.length - (this.#pending?.length ?? 0);
    if (++this.#parts > plainPartsMax || !this.#options.budget.take(more)) return this.#giveAway(bytes);
    this.#pending = bytes;
    this.#wholeTimer ??= setTimeout(() => this.#giveAway(this.#pending ?? bytes), plainWholeMs);
  }

  /** The next request while one runs: no more of it is read until that one has its answer. */
  #keepEarly(bytes: Buffer): void {
    this.#early = this.#early ? Buffer.concat([this.#early, bytes]) : bytes;
    this.socket.pause();
  }

  #forgetPending(): void {
    if (this.#pending === undefined) return;
    this.#options.budget.give(this.#pending.length);
    this.#pending = undefined;
    this.#parts = 0;
    clearTimeout(this.#wholeTimer);
    this.#wholeTimer = undefined;
  }

  #giveAway(bytes: Buffer): void {
    const { socket } = this;
    this.#forgetPending();
    socket.off('data', this.#onData).off('end', this.#onEndOfClient).off('error', this.#onError).off('timeout', this.#onTimeout).off('close', this.#onClose);
    if (socket.timeout) socket.setTimeout(0);
    this.#options.onGone(this);
    this.#options.giveAway(socket, bytes);
  }
}
