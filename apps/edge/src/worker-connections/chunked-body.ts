import { isNameByte, isValueByte } from './character-classes.ts';

/** Longest line of a chunk's size, with its extensions, which mean nothing here. */
export const chunkLineBytesMax = 256;
/** Longest trailer section, which means nothing either. */
export const trailerBytesMax = 16_384;

/** What came of the bytes that were taken. */
export const chunkedResults = { more: 0, end: 1, invalid: 2 } as const;
export type ChunkedResult = (typeof chunkedResults)[keyof typeof chunkedResults];

/** What the next byte belongs to. `…Feed`: the LF of a line whose CR was there. */
const parts = { size: 0, extension: 1, sizeFeed: 2, data: 3, dataReturn: 4, dataFeed: 5, trailer: 6, trailerName: 7, trailerValue: 8, trailerFeed: 9, lastFeed: 10 } as const;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
const semicolon = 0x3b;

/**
 * The chunked coding (RFC 9112 §7.1), taken off the bytes that it comes in: what is left of several chunks is moved together in
 * their own memory, so that it is one piece. As strict as `AnswerHead`.
 */
export class ChunkedBody {
  /** Where the payload is in the bytes that were taken last. */
  payloadStart = 0;
  payloadEnd = 0;
  /** Where the body ends in them, at `end`. */
  end = 0;
  #part: number = parts.size;
  /** The size as far as it is read, then what is missing of the data. */
  #left = 0;
  #hasDigits = false;
  #lineBytes = 0;

  /** A new body begins. */
  begin(): void {
    this.#part = parts.size;
    this.#left = 0;
    this.#hasDigits = false;
    this.#lineBytes = 0;
  }

  /** Takes what came, from `from` on. */
  take(bytes: Buffer, from: number): ChunkedResult {
    this.payloadStart = from;
    this.payloadEnd = from;
    let at = from;
    while (at < bytes.length) {
      if (this.#part === parts.data) {
        at = this.#takeData(bytes, at);
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (this.#part === parts.lastFeed) {
        this.end = at;
        return byte === lineFeed ? chunkedResults.end : chunkedResults.invalid;
      }
      if (!(this.#part < parts.data ? this.#takeSize(byte) : this.#takeMark(byte))) return chunkedResults.invalid;
    }
    return chunkedResults.more;
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#part = parts.dataReturn;
    if (this.payloadEnd === this.payloadStart) {
      this.payloadStart = at;
      this.payloadEnd = end;
    } else {
      bytes.copyWithin(this.payloadEnd, at, end);
      this.payloadEnd += end - at;
    }
    return end;
  }

  /** A byte of the line before a chunk. Returns false where it cannot be. */
  #takeSize(byte: number): boolean {
    if (++this.#lineBytes > chunkLineBytesMax) return false;
    if (this.#part === parts.sizeFeed) {
      this.#part = this.#left === 0 ? parts.trailer : parts.data;
      this.#lineBytes = 0;
      this.#hasDigits = false;
      return byte === lineFeed;
    }
    if (byte === carriageReturn) {
      this.#part = parts.sizeFeed;
      return this.#hasDigits;
    }
    if (this.#part === parts.extension) return isValueByte[byte] === 1;
    if (byte === semicolon) {
      this.#part = parts.extension;
      return this.#hasDigits;
    }
    const digit = hexDigitOf(byte);
    this.#left = this.#left * 16 + digit;
    this.#hasDigits = true;
    return digit >= 0 && this.#left <= Number.MAX_SAFE_INTEGER;
  }

  /** A byte of what follows a chunk's data, or of the trailers. Returns false where it cannot be. */
  #takeMark(byte: number): boolean {
    switch (this.#part) {
      case parts.dataReturn:
        this.#part = parts.dataFeed;
        return byte === carriageReturn;
      case parts.dataFeed:
        this.#part = parts.size;
        return byte === lineFeed;
      case parts.trailerFeed:
        this.#part = parts.trailer;
        return byte === lineFeed;
      default:
        return ++this.#lineBytes <= trailerBytesMax && this.#takeTrailer(byte);
    }
  }

  #takeTrailer(byte: number): boolean {
    if (this.#part === parts.trailerValue) {
      if (byte === carriageReturn) this.#part = parts.trailerFeed;
      return byte === carriageReturn || isValueByte[byte] === 1;
    }
    if (this.#part === parts.trailer) {
      this.#part = byte === carriageReturn ? parts.lastFeed : parts.trailerName;
      return byte === carriageReturn || isNameByte[byte] === 1;
    }
    if (byte === colon) this.#part = parts.trailerValue;
    return byte === colon || isNameByte[byte] === 1;
  }
}

/** -1 where it is none. */
function hexDigitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
