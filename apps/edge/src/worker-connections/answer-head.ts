import type { AnswerHeaders } from './answer-receiver.ts';
import { isNameByte, isValueByte } from './character-classes.ts';

/** What `AnswerHead.read` returns instead of where a head ends. */
export const incompleteHead = 0;
export const invalidHead = -1;

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const zero = 0x30;
const colon = 0x3a;
/** Makes letters lower case. */
const lowerCase = 0x20;
const versionStart = Buffer.from('HTTP/1.', 'latin1');
const statusLineBytesMin = 'HTTP/1.1 200\r'.length;

/**
 * Status line and headers of an answer (RFC 9112 §4, §5), read in one pass over their bytes. Strict, because whoever disagrees with a
 * worker on where an answer ends hands the rest of it to somebody else: lines end in CR LF, none is folded, a length is told once, in
 * one way. The fields hold what the last head said that was read.
 */
export class AnswerHead {
  status = 0;
  contentType = '';
  contentEncoding = '';
  retryAfter = '';
  /** Undefined where none is told. */
  contentLength: number | undefined;
  isChunked = false;
  /** How long the worker keeps it open while nothing comes, in seconds; undefined where it does not say. */
  keepAliveSeconds: number | undefined;
  #minorVersion = 1;
  #saysClose = false;
  #saysKeepAlive = false;

  /** Whether the connection stays open after the answer (RFC 9112 §9.3). */
  get isKeptOpen(): boolean {
    return !this.#saysClose && (this.#minorVersion === 1 || this.#saysKeepAlive);
  }

  get headers(): AnswerHeaders {
    return { contentType: this.contentType, contentEncoding: this.contentEncoding, retryAfter: this.retryAfter };
  }

  /** Reads the head that begins at `from`. Returns where it ends, `incompleteHead` or `invalidHead`. */
  read(bytes: Buffer, from: number): number {
    this.contentEncoding = '';
    this.retryAfter = '';
    this.contentLength = undefined;
    this.isChunked = false;
    this.keepAliveSeconds = undefined;
    this.#saysClose = false;
    this.#saysKeepAlive = false;
    let hasContentType = false;
    let at = this.#readStatusLine(bytes, from);
    while (at > 0) {
      if (bytes[at] === carriageReturn) {
        if (!hasContentType) this.contentType = '';
        return afterLine(bytes, at);
      }
      const nameStart = at;
      while (isNameByte[bytes[at] ?? 0] === 1) at++;
      const nameEnd = at;
      if (nameEnd === bytes.length) return incompleteHead;
      if (nameEnd === nameStart || bytes[nameEnd] !== colon) return invalidHead;
      at++;
      while (bytes[at] === space || bytes[at] === tab) at++;
      const valueStart = at;
      while (isValueByte[bytes[at] ?? 0] === 1) at++;
      let valueEnd = at;
      while (valueEnd > valueStart && (bytes[valueEnd - 1] === space || bytes[valueEnd - 1] === tab)) valueEnd--;
      at = afterLine(bytes, at);
      if (at > 0 && nameEnd - nameStart === 12 && isNamed(bytes, nameStart, 'content-type')) {
        hasContentType = true;
        this.#takeContentType(bytes, valueStart, valueEnd);
      } else if (at > 0 && !this.#takeHeader(bytes, nameStart, nameEnd, valueStart, valueEnd)) return invalidHead;
    }
    return at;
  }

  /** `HTTP/1.x SP 3DIGIT [SP reason]`. Returns where the next line begins. */
  #readStatusLine(bytes: Buffer, from: number): number {
    for (let i = 0; i < versionStart.length && from + i < bytes.length; i++) if (bytes[from + i] !== versionStart[i]) return invalidHead;
    if (bytes.length - from < statusLineBytesMin) return incompleteHead;
    let at = from + versionStart.length;
    const minor = digitAt(bytes, at);
    const hundreds = digitAt(bytes, at + 2);
    const tens = digitAt(bytes, at + 3);
    const ones = digitAt(bytes, at + 4);
    if ((minor !== 0 && minor !== 1) || bytes[at + 1] !== space || hundreds < 1 || tens < 0 || ones < 0) return invalidHead;
    this.status = hundreds * 100 + tens * 10 + ones;
    this.#minorVersion = minor;
    at += 5;
    if (bytes[at] === space) while (isValueByte[bytes[at] ?? 0] === 1) at++;
    return afterLine(bytes, at);
  }

  /** Workers say the same each time: then no string is made. */
  #takeContentType(bytes: Buffer, start: number, end: number): void {
    if (!isText(bytes, start, end, this.contentType)) this.contentType = bytes.toString('latin1', start, end);
  }

  /** A header that is looked at is told by its length first: most are not. Returns false where it cannot be. */
  #takeHeader(bytes: Buffer, nameStart: number, nameEnd: number, start: number, end: number): boolean {
    switch (nameEnd - nameStart) {
      case 10:
        if (isNamed(bytes, nameStart, 'connection')) this.#takeConnection(bytes.toString('latin1', start, end));
        else if (isNamed(bytes, nameStart, 'keep-alive')) this.#takeKeepAlive(bytes.toString('latin1', start, end));
        return true;
      case 11:
        if (isNamed(bytes, nameStart, 'retry-after')) this.retryAfter = bytes.toString('latin1', start, end);
        return true;
      case 14:
        return !isNamed(bytes, nameStart, 'content-length') || this.#takeLength(bytes, start, end);
      case 16:
        if (isNamed(bytes, nameStart, 'content-encoding')) this.contentEncoding = bytes.toString('latin1', start, end);
        return true;
      case 17:
        return !isNamed(bytes, nameStart, 'transfer-encoding') || this.#takeTransferEncoding(bytes, start, end);
      default:
        return true;
    }
  }

  #takeConnection(value: string): void {
    const options = value.toLowerCase();
    if (options === 'keep-alive') this.#saysKeepAlive = true;
    else if (options.includes('close')) this.#saysClose = true;
  }

  #takeKeepAlive(value: string): void {
    const seconds = /(?:^|[,; ])timeout=(\d{1,9})/i.exec(value)?.[1];
    if (seconds !== undefined) this.keepAliveSeconds = Number(seconds);
  }

  #takeLength(bytes: Buffer, start: number, end: number): boolean {
    if (this.contentLength !== undefined || this.isChunked || start === end) return false;
    let length = 0;
    for (let at = start; at < end; at++) {
      const digit = digitAt(bytes, at);
      length = length * 10 + digit;
      if (digit < 0 || length > Number.MAX_SAFE_INTEGER) return false;
    }
    this.contentLength = length;
    return true;
  }

  /** No coding but this one, and no HTTP/1.0, which had none (RFC 9112 §6.1). */
  #takeTransferEncoding(bytes: Buffer, start: number, end: number): boolean {
    if (this.contentLength !== undefined || this.isChunked || this.#minorVersion === 0 || end - start !== 7 || !isNamed(bytes, start, 'chunked')) return false;
    this.isChunked = true;
    return true;
  }
}

/** Where the next line begins, of a line that ends at `at`. */
function afterLine(bytes: Buffer, at: number): number {
  if (at === bytes.length) return incompleteHead;
  if (bytes[at] !== carriageReturn) return invalidHead;
  if (at + 1 === bytes.length) return incompleteHead;
  return bytes[at + 1] === lineFeed ? at + 2 : invalidHead;
}

/** -1 where there is none. */
function digitAt(bytes: Buffer, at: number): number {
  const digit = (bytes[at] ?? 0) - zero;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

/** Whether bytes that were found to be a name are this one (lower case), in any case. */
function isNamed(bytes: Buffer, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (((bytes[start + i] ?? 0) | lowerCase) !== name.charCodeAt(i)) return false;
  return true;
}

function isText(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
