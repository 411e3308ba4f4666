import { standsAt } from './field-names.ts';
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

/** Strings shorter than this are walked byte by byte; native searches cost as much as that. */
const shortString = 192;

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
  /** The bytes as words of four from the first that is aligned: made where a long string is met. */
  #words: Int32Array | undefined;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  skipWhitespace(): void {
    this.at = afterWhitespace(this.bytes, this.at);
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
    let at = this.at;
    for (;;) {
      at = afterWhitespace(bytes, at);
      const byte = bytes[at];
      if (byte === quote) at = this.#afterString(at);
      else if (byte === braceOpen || byte === bracketOpen) {
        if (level === jsonDepthMax) throw new JsonError('too_deep', `the JSON nests deeper than ${jsonDepthMax}`);
        kinds[level++] = byte;
        if (level > this.deepest) this.deepest = level;
        at = afterWhitespace(bytes, at + 1);
        if (bytes[at] !== byte + 2) {
          if (byte === braceOpen) at = this.#afterName(at);
          continue;
        }
        at++;
        level--;
      } else at = afterScalar(bytes, at);
      // After a value: over the brackets that end with it and the comma before the next one.
      while (level > depth) {
        at = afterWhitespace(bytes, at);
        const isObject = kinds[level - 1] === braceOpen;
        const next = bytes[at++];
        if (next === comma) {
          if (isObject) at = this.#afterName(afterWhitespace(bytes, at));
          break;
        }
        if (next !== (isObject ? braceClose : bracketClose)) throw syntaxError();
        level--;
      }
      if (level === depth) break;
    }
    this.at = at;
  }

  #afterName(at: number): number {
    const end = afterWhitespace(this.bytes, this.#afterString(at));
    if (this.bytes[end] !== colon) throw syntaxError();
    return end + 1;
  }

  /** Moves over a string, its quotes included. */
  skipString(): void {
    this.at = this.#afterString(this.at);
  }

  #afterString(start: number): number {
    const { bytes } = this;
    if (bytes[start] !== quote) throw syntaxError();
    let at = start + 1;
    const short = Math.min(at + shortString, bytes.length);
    while (at < short) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) return at + 1;
      if (byte < 0x20) throw syntaxError();
      at = byte === backslash ? afterEscape(bytes, at) : at + 1;
    }
    return this.#afterLongString(at);
  }

  /** The rest of a long string by native searches; `at` is not inside an escape. Returns the end. */
  #afterLongString(start: number): number {
    const { bytes } = this;
    const { length } = bytes;
    let at = start;
    let end = bytes.indexOf(quote, at);
    for (;;) {
      if (end < 0) throw syntaxError();
      if (this.#backslashAt < at) {
        const found = bytes.indexOf(backslash, at);
        this.#backslashAt = found < 0 ? length : found;
      }
      if (this.#backslashAt > end) break;
      at = afterEscape(bytes, this.#backslashAt);
      // Where text is full of escapes, the next is nearer than a search is worth.
      while (bytes[at] === backslash) at = afterEscape(bytes, at);
      if (at > end) end = bytes.indexOf(quote, at);
    }
    if (this.#hasControl(start, end)) throw syntaxError();
    return end + 1;
  }

  /** Whether one of `bytes[from .. to)` is below 0x20. Sixteen bytes at a step where the memory is aligned. */
  #hasControl(from: number, to: number): boolean {
    const { bytes } = this;
    const { byteOffset, length } = bytes;
    const shift = (4 - (byteOffset & 3)) & 3;
    this.#words ??= new Int32Array(bytes.buffer, byteOffset + shift, Math.max(0, (length - shift) >> 2));
    const words = this.#words;
    const first = Math.max(0, (from - shift + 3) >> 2);
    const last = (to - shift) >> 2;
    if (first + 4 > last) return hasControlByte(bytes, from, to);
    let word = first;
    for (; word + 4 <= last; word += 4) {
      const found = controlsIn(words[word] ?? 0) | controlsIn(words[word + 1] ?? 0) | controlsIn(words[word + 2] ?? 0) | controlsIn(words[word + 3] ?? 0);
      if (found !== 0) return true;
    }
    return hasControlByte(bytes, from, first * 4 + shift) || hasControlByte(bytes, word * 4 + shift, to);
  }
}

/** The first place from `at` on that is not whitespace. */
export function afterWhitespace(bytes: Buffer, at: number): number {
  let byte = bytes[at] ?? 0;
  // Mostly there is none, which one comparison tells.
  while (byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) byte = bytes[++at] ?? 0;
  return at;
}

/** The index after a word or number that starts at `at`. */
function afterScalar(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case 0x74:
      return afterWord(bytes, at, 'true');
    case 0x66:
      return afterWord(bytes, at, 'false');
    case 0x6e:
      return afterWord(bytes, at, 'null');
    default:
      return afterNumber(bytes, at);
  }
}

function afterWord(bytes: Buffer, at: number, word: string): number {
  if (!standsAt(bytes, at, word)) throw syntaxError();
  return at + word.length;
}

function afterNumber(bytes: Buffer, start: number): number {
  let at = bytes[start] === minus ? start + 1 : start;
  if (bytes[at] === zero) at++;
  else at = afterDigits(bytes, at);
  if (bytes[at] === point) at = afterDigits(bytes, at + 1);
  const exponent = bytes[at];
  if (exponent !== 0x65 && exponent !== 0x45) return at;
  const sign = bytes[at + 1];
  return afterDigits(bytes, sign === minus || sign === plus ? at + 2 : at + 1);
}

function afterDigits(bytes: Buffer, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== undefined && byte >= zero && byte <= nine; byte = bytes[at]) at++;
  if (at === start) throw syntaxError();
  return at;
}

/** The index after an escape that starts at `at`. */
function afterEscape(bytes: Buffer, at: number): number {
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

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= zero && byte <= nine) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/**
 * Not 0 where a byte of a word is below 0x20: it borrows into its own high bit, and bytes that have it set are masked out
 * by ~word. A borrow from the byte below only comes where that one is below 0x20 itself, so the answer is exact.
 */
function controlsIn(word: number): number {
  return (word - 0x20202020) & ~word & 0x80808080;
}

function hasControlByte(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) < 0x20) return true;
  return false;
}

function syntaxError(): JsonError {
  return new JsonError('syntax', 'the JSON is not valid');
}
