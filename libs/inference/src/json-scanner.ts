import { JsonError } from './json-error.ts';

/** How deep arrays and objects may nest, the outermost included. */
export const jsonDepthMax = 128;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const braceOpen = 0x7b;
const braceClose = 0x7d;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;
const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** Strings shorter than this are walked byte by byte; a native search costs as much as that. */
const shortString = 48;

/** Which containers are open, by level. Shared, since one value is skipped at a time and nothing waits meanwhile. */
const kinds = new Uint8Array(jsonDepthMax);

/**
 * Walks JSON bytes (RFC 8259) without making values of them: `at` moves over one value at a time, and every
 * deviation from the grammar throws `JsonError`. The caller has checked that the bytes are UTF-8; whatever
 * is above 0x7f can then only stand inside strings.
 */
export class JsonScanner {
  readonly bytes: Buffer;
  /** Index of the next byte to be read. */
  at: number;
  /** How deep containers nested since the caller last set it, the outermost being 1. */
  deepest = 0;
  /** First backslash at or after the last place that was asked for, so that each is searched once. */
  #backslashAt = -1;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  skipWhitespace(): void {
    const { bytes } = this;
    let at = this.at;
    for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
    this.at = at;
  }

  /** Moves over one byte that must be there. */
  expect(byte: number): void {
    if (this.bytes[this.at] !== byte) throw syntaxError();
    this.at++;
  }

  /** Moves over a value of any kind. `depth`: how many containers are open around it. */
  skipValue(depth: number): void {
    const { bytes } = this;
    let level = depth;
    for (;;) {
      this.skipWhitespace();
      const byte = bytes[this.at];
      if (byte === braceOpen || byte === bracketOpen) {
        if (level === jsonDepthMax) throw new JsonError('too_deep', `the JSON nests deeper than ${jsonDepthMax}`);
        kinds[level++] = byte;
        if (level > this.deepest) this.deepest = level;
        this.at++;
        this.skipWhitespace();
        if (bytes[this.at] === byte + 2) {
          this.at++;
          level--;
        } else {
          if (byte === braceOpen) this.#skipName();
          continue;
        }
      } else this.#skipScalar(byte);
      level = this.#closeContainers(level, depth);
      if (level === depth) return;
    }
  }

  /** After a value: over the brackets that end with it and the comma before the next one. Returns the level. */
  #closeContainers(level: number, depth: number): number {
    const { bytes } = this;
    while (level > depth) {
      this.skipWhitespace();
      const kind = kinds[level - 1];
      const byte = bytes[this.at++];
      if (byte === comma) {
        if (kind === braceOpen) {
          this.skipWhitespace();
          this.#skipName();
        }
        return level;
      }
      if (byte !== (kind === braceOpen ? braceClose : bracketClose)) throw syntaxError();
      level--;
    }
    return level;
  }

  #skipName(): void {
    this.skipString();
    this.skipWhitespace();
    this.expect(colon);
  }

  #skipScalar(byte: number | undefined): void {
    switch (byte) {
      case quote:
        return this.skipString();
      case 0x74:
        return this.#skipWord('true');
      case 0x66:
        return this.#skipWord('false');
      case 0x6e:
        return this.#skipWord('null');
      default:
        return this.#skipNumber();
    }
  }

  #skipWord(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word.charCodeAt(i)) throw syntaxError();
    this.at += word.length;
  }

  #skipNumber(): void {
    const { bytes } = this;
    if (bytes[this.at] === minus) this.at++;
    if (bytes[this.at] === zero) this.at++;
    else this.#skipDigits();
    if (bytes[this.at] === point) {
      this.at++;
      this.#skipDigits();
    }
    const exponent = bytes[this.at];
    if (exponent === 0x65 || exponent === 0x45) {
      this.at++;
      const sign = bytes[this.at];
      if (sign === minus || sign === plus) this.at++;
      this.#skipDigits();
    }
  }

  #skipDigits(): void {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    for (let byte = bytes[at]; byte !== undefined && byte >= zero && byte <= nine; byte = bytes[at]) at++;
    if (at === start) throw syntaxError();
    this.at = at;
  }

  /** Moves over a string, its quotes included. */
  skipString(): void {
    const { bytes } = this;
    this.expect(quote);
    let at = this.at;
    const short = Math.min(at + shortString, bytes.length);
    while (at < short) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) {
        this.at = at + 1;
        return;
      }
      if (byte < 0x20) throw syntaxError();
      at = byte === backslash ? this.#afterEscape(at) : at + 1;
    }
    this.at = this.#skipLongString(at);
  }

  /** The rest of a long string by native searches; `at` is not inside an escape. Returns the end. */
  #skipLongString(at: number): number {
    const { bytes } = this;
    const { length } = bytes;
    let end = bytes.indexOf(quote, at);
    for (;;) {
      if (end < 0) throw syntaxError();
      if (this.#backslashAt < at) {
        const found = bytes.indexOf(backslash, at);
        this.#backslashAt = found < 0 ? length : found;
      }
      const escape = this.#backslashAt;
      if (escape > end) {
        if (hasControl(bytes, at, end)) throw syntaxError();
        return end + 1;
      }
      if (hasControl(bytes, at, escape)) throw syntaxError();
      at = this.#afterEscape(escape);
      if (at > end) end = bytes.indexOf(quote, at);
    }
  }

  /** The index after an escape that starts at `at`. */
  #afterEscape(at: number): number {
    const { bytes } = this;
    switch (bytes[at + 1]) {
      case quote:
      case backslash:
      case 0x2f:
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return at + 2;
      case 0x75:
        for (let i = at + 2; i < at + 6; i++) if (!isHex(bytes[i])) throw syntaxError();
        return at + 6;
      default:
        throw syntaxError();
    }
  }
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= zero && byte <= nine) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** Whether one of `bytes[from .. to)` is below 0x20. Four bytes at a step where the memory is aligned. */
function hasControl(bytes: Buffer, from: number, to: number): boolean {
  let at = from;
  while (at < to && ((bytes.byteOffset + at) & 3) !== 0) if ((bytes[at++] ?? 0) < 0x20) return true;
  const words = (to - at) >> 2;
  if (words > 0) {
    const view = new Int32Array(bytes.buffer, bytes.byteOffset + at, words);
    // A byte below 0x20 borrows into its own high bit; bytes that have it set are masked out by ~word. A borrow
    // from the byte below only comes where that one is below 0x20 itself, so the answer is exact.
    for (let i = 0; i < words; i++) {
      const word = view[i] ?? 0;
      if (((word - 0x20202020) & ~word & 0x80808080) !== 0) return true;
    }
    at += words * 4;
  }
  while (at < to) if ((bytes[at++] ?? 0) < 0x20) return true;
  return false;
}

function syntaxError(): JsonError {
  return new JsonError('syntax', 'the JSON is not valid');
}
