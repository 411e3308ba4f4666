/** Longest event that is put together, in bytes, unless told otherwise. */
export const sseEventBytesMax = 4 * 1024 * 1024;

/** The stream is not what can be read: an event grew beyond the limit. The message holds nothing of the stream. */
export class SseError extends Error {
  override readonly name = 'SseError';
  readonly reason = 'event_too_large';

  constructor() {
    super('an event of the stream is larger than the limit');
  }
}

/**
 * Told of each event. `data` holds the event's data lines joined by line feeds; it is a view of the pushed
 * chunk wherever the event lies in one chunk on one line. `name` is '' for the default type.
 */
export type SseVisitor = (data: Buffer, name: string) => void;

const lf = 0x0a;
const cr = 0x0d;
const colon = 0x3a;
const space = 0x20;

/**
 * Splits a `text/event-stream` into events, chunk by chunk (WHATWG HTML §9.2.6): lines end with LF, CR or
 * CRLF; comments, `id` and `retry` are dropped; a byte order mark at the start is skipped. Bytes are not
 * decoded, so characters may be split anywhere.
 */
export class SseSplitter {
  readonly #bytesMax: number;
  /** The begun line, from earlier chunks. */
  #line: Buffer[] = [];
  #data: Buffer[] = [];
  #eventName = '';
  /** Bytes in #line and #data. */
  #held = 0;
  #afterCr = false;
  #started = false;

  constructor(eventBytesMax: number = sseEventBytesMax) {
    this.#bytesMax = eventBytesMax;
  }

  /** Takes the next bytes and tells of every event that they complete. Throws `SseError`. */
  push(chunk: Buffer, visit: SseVisitor): void {
    const { length } = chunk;
    let at = 0;
    if (this.#afterCr && length > 0) {
      this.#afterCr = false;
      if (chunk[0] === lf) at = 1;
    }
    let nextCr = chunk.indexOf(cr, at);
    while (at < length) {
      const nextLf = chunk.indexOf(lf, at);
      if (nextCr >= 0 && nextCr < at) nextCr = chunk.indexOf(cr, at);
      if (nextLf >= 0 && chunk[nextLf + 1] === lf && nextCr < 0 && this.#isBetweenEvents && isDataLine(chunk, at)) {
        // The whole event is one line of this chunk: what engines send.
        const name = this.#eventName;
        this.#eventName = '';
        this.#started = true;
        visit(chunk.subarray(chunk[at + 5] === space ? at + 6 : at + 5, nextLf), name);
        at = nextLf + 2;
        continue;
      }
      const lineEnd = nextCr >= 0 && (nextLf < 0 || nextCr < nextLf) ? nextCr : nextLf;
      if (lineEnd < 0) return this.#hold(chunk.subarray(at));
      this.#endLine(this.#joinLine(chunk.subarray(at, lineEnd)), visit);
      at = lineEnd + 1;
      if (lineEnd === nextCr) {
        if (at === length) this.#afterCr = true;
        else if (chunk[at] === lf) at++;
      }
    }
  }

  /**
   * The stream has ended: tells of an event that the last line feed is missing of, which the standard would
   * throw away and some servers leave.
   */
  end(visit: SseVisitor): void {
    if (this.#line.length > 0) this.#endLine(this.#joinLine(Buffer.alloc(0)), visit);
    this.#dispatch(visit);
  }

  get #isBetweenEvents(): boolean {
    return this.#line.length === 0 && this.#data.length === 0;
  }

  #hold(rest: Buffer): void {
    this.#held += rest.length;
    if (this.#held > this.#bytesMax) throw new SseError();
    // A copy, so that a short rest does not keep a large chunk alive.
    this.#line.push(Buffer.from(rest));
  }

  #joinLine(rest: Buffer): Buffer {
    if (this.#line.length === 0) return rest;
    const line = Buffer.concat([...this.#line, rest]);
    for (const part of this.#line) this.#held -= part.length;
    this.#line = [];
    return line;
  }

  #endLine(line: Buffer, visit: SseVisitor): void {
    if (!this.#started) {
      this.#started = true;
      if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) line = line.subarray(3);
    }
    if (line.length === 0) return this.#dispatch(visit);
    const end = line.indexOf(colon);
    if (end === 0) return;
    const field = line.toString('latin1', 0, end < 0 ? line.length : end);
    const value = end < 0 ? line.subarray(line.length) : line.subarray(line[end + 1] === space ? end + 2 : end + 1);
    if (field === 'data') {
      this.#held += value.length;
      if (this.#held > this.#bytesMax) throw new SseError();
      this.#data.push(Buffer.from(value));
    } else if (field === 'event') this.#eventName = value.toString('utf8', 0, 64);
  }

  #dispatch(visit: SseVisitor): void {
    const [first, ...rest] = this.#data;
    const name = this.#eventName;
    this.#eventName = '';
    if (first === undefined) return;
    for (const part of this.#data) this.#held -= part.length;
    this.#data = [];
    visit(rest.length === 0 ? first : Buffer.concat([first, ...rest.flatMap((part) => [lineFeed, part])]), name);
  }
}

const lineFeed = Buffer.from('\n');

function isDataLine(chunk: Buffer, at: number): boolean {
  return chunk[at] === 0x64 && chunk[at + 1] === 0x61 && chunk[at + 2] === 0x74 && chunk[at + 3] === 0x61 && chunk[at + 4] === colon;
}
