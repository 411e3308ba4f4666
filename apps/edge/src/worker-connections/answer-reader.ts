import { AnswerHead, incompleteHead, invalidHead } from './answer-head.ts';
import { ChunkedBody, chunkedResults } from './chunked-body.ts';

/** Longest head of an answer, with those of interim answers before it. */
export const answerHeadBytesMax = 16_384;

/** Whom a reader tells what it reads. Each may call `stop`. */
export interface AnswerReaderHost {
  /** `head` changes with the next answer. */
  takeHead(head: AnswerHead): void;
  /** Bytes of the body: what one read brought is one piece. */
  takeBody(bytes: Buffer): void;
  /** The answer is whole. `mayReuse`: there is no doubt about where it ends, nothing came behind it, and the connection stays open. */
  takeEnd(mayReuse: boolean): void;
  /** What comes is no answer, or none that was asked for, or it ended too soon. Nothing more is read. */
  takeInvalid(): void;
}

/** `none`: no answer is awaited. */
const states = { none: 0, head: 1, fixed: 2, chunked: 3, untilClose: 4, stopped: 5 } as const;

/** What is below it is said before the answer. */
const finalStatusMin = 200;
const switchingProtocols = 101;
const noContent = 204;
const notModified = 304;

/**
 * Reads the answers that come on one connection, one for each `begin`, from the bytes of its reads (RFC 9112). No streams and no
 * copies: pieces of a body are parts of what was read.
 */
export class AnswerReader {
  /** Of the last answer. */
  readonly head = new AnswerHead();
  readonly #host: AnswerReaderHost;
  readonly #chunked = new ChunkedBody();
  #state: number = states.none;
  /** What is missing of a body whose length was told. */
  #left = 0;
  #mayReuse = false;
  /** The beginning of a head that has not come as a whole. */
  #held: Buffer | undefined;
  #headBytes = 0;

  constructor(host: AnswerReaderHost) {
    this.#host = host;
  }

  /** A request goes out: an answer may come. */
  begin(): void {
    this.#state = states.head;
    this.#headBytes = 0;
  }

  /** Nothing more is told. */
  stop(): void {
    this.#state = states.stopped;
    this.#held = undefined;
  }

  /** Takes what was read. It is the reader's, and its host's, from here on. */
  take(read: Buffer): void {
    if (this.#state === states.head) this.#takeHead(read);
    else this.#takeBody(read, 0);
  }

  /** The worker says nothing more. */
  takeClose(): void {
    if (this.#state === states.untilClose) this.#end(false);
    else if (this.#state !== states.stopped) this.#refuse();
  }

  #takeHead(read: Buffer): void {
    const bytes = this.#held === undefined ? read : Buffer.concat([this.#held, read]);
    this.#held = undefined;
    const { head } = this;
    let at = 0;
    do {
      const end = head.read(bytes, at);
      const length = (end === incompleteHead ? bytes.length : end) - at;
      if (end === invalidHead || this.#headBytes + length > answerHeadBytesMax || head.status === switchingProtocols) return this.#refuse();
      if (end === incompleteHead) {
        this.#held = at === 0 ? bytes : bytes.subarray(at);
        return;
      }
      this.#headBytes += length;
      at = end;
    } while (head.status < finalStatusMin);
    this.#beginBody();
    this.#host.takeHead(head);
    if (this.#state !== states.stopped) this.#takeBody(bytes, at);
  }

  /** How long the body is (RFC 9112 §6.3). */
  #beginBody(): void {
    const { head } = this;
    const isFramed = head.isChunked || head.contentLength !== undefined;
    const isEmpty = head.status === noContent || head.status === notModified;
    // A worker that tells the length of a body that there cannot be may send one.
    this.#mayReuse = head.isKeptOpen && !(isEmpty && isFramed);
    this.#left = isEmpty ? 0 : (head.contentLength ?? 0);
    if (isEmpty || head.contentLength !== undefined) this.#state = states.fixed;
    else if (head.isChunked) {
      this.#state = states.chunked;
      this.#chunked.begin();
    } else this.#state = states.untilClose;
  }

  #takeBody(bytes: Buffer, from: number): void {
    switch (this.#state) {
      case states.fixed:
        return this.#takeFixed(bytes, from);
      case states.chunked:
        return this.#takeChunked(bytes, from);
      case states.untilClose:
        if (from < bytes.length) this.#tell(bytes, from, bytes.length);
        return;
      case states.none:
        return this.#refuse();
      default:
        return;
    }
  }

  #takeFixed(bytes: Buffer, from: number): void {
    const end = Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    if (end > from) this.#tell(bytes, from, end);
    if (this.#left === 0) this.#end(end === bytes.length);
  }

  #takeChunked(bytes: Buffer, from: number): void {
    const chunked = this.#chunked;
    const result = chunked.take(bytes, from);
    if (result === chunkedResults.invalid) return this.#refuse();
    if (chunked.payloadEnd > chunked.payloadStart) this.#tell(bytes, chunked.payloadStart, chunked.payloadEnd);
    if (result === chunkedResults.end) this.#end(chunked.end === bytes.length);
  }

  #tell(bytes: Buffer, start: number, end: number): void {
    this.#host.takeBody(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
  }

  /** `isAlone`: nothing came behind the answer. */
  #end(isAlone: boolean): void {
    if (this.#state === states.stopped) return;
    this.#state = states.none;
    this.#host.takeEnd(isAlone && this.#mayReuse);
  }

  #refuse(): void {
    this.stop();
    this.#host.takeInvalid();
  }
}
