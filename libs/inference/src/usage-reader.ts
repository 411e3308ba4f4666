import { plainNameEnd, standsAt } from './field-names.ts';

const digitsMax = 9;

/** What a name in a usage object means here. */
const meanings = { nothing: 0, prompt: 1, output: 2, details: 3, cached: 4, cost: 5, foreign: 6 } as const;
type Meaning = (typeof meanings)[keyof typeof meanings];

/**
 * Reads a usage object as most engines write it: flat, of plain counts, with details one level down, their names once
 * and without escapes. Whatever else comes makes it answer false, and is for `normalizeUsage` to read.
 */
export class UsageReader {
  /** Index of the next byte. */
  at: number;
  /** -1 until the object tells them. */
  prompt = -1;
  output = -1;
  cached = 0;
  /** Whether it tells a cost of its own. */
  hasCost = false;
  #hasDetails = false;
  #hasCached = false;
  readonly #json: Buffer;

  constructor(json: Buffer, at: number) {
    this.#json = json;
    this.at = at;
  }

  skipSpaces(): void {
    while (this.#json[this.at] === 0x20) this.at++;
  }

  skipNull(): boolean {
    return this.#skipWord('null');
  }

  /** Whether the object at this place was read, and told both prompt and output. */
  read(): boolean {
    return this.#readObject(false, false) && this.prompt >= 0 && this.output >= 0;
  }

  #readObject(isInner: boolean, isDetails: boolean): boolean {
    const json = this.#json;
    if (json[this.at] !== 0x7b) return false;
    this.at++;
    for (;;) {
      this.skipSpaces();
      if (json[this.at] !== 0x22) return false;
      const nameStart = this.at + 1;
      const nameEnd = plainNameEnd(json, nameStart);
      if (nameEnd < 0 || json[nameEnd + 1] !== 0x3a) return false;
      this.at = nameEnd + 2;
      this.skipSpaces();
      if (!this.#readMember(this.#meaningOf(nameStart, nameEnd - nameStart, isInner, isDetails), isInner)) return false;
      this.skipSpaces();
      const byte = json[this.at++];
      if (byte === 0x7d) return true;
      if (byte !== 0x2c) return false;
    }
  }

  #meaningOf(start: number, length: number, isInner: boolean, isDetails: boolean): Meaning {
    const json = this.#json;
    if (isInner) return isDetails && length === 13 && standsAt(json, start, 'cached_tokens') ? meanings.cached : meanings.nothing;
    switch (length) {
      case 4:
        return standsAt(json, start, 'cost') ? meanings.cost : meanings.nothing;
      case 12:
        // Names of other dialects mean other sums.
        return standsAt(json, start, 'input_tokens') ? meanings.foreign : meanings.nothing;
      case 13:
        return standsAt(json, start, 'prompt_tokens') ? meanings.prompt : meanings.nothing;
      case 17:
        return standsAt(json, start, 'completion_tokens') ? meanings.output : meanings.nothing;
      case 21:
        return standsAt(json, start, 'prompt_tokens_details') ? meanings.details : meanings.nothing;
      case 23:
        return standsAt(json, start, 'prompt_cache_hit_tokens') ? meanings.foreign : meanings.nothing;
      default:
        return meanings.nothing;
    }
  }

  #readMember(meaning: Meaning, isInner: boolean): boolean {
    switch (meaning) {
      case meanings.prompt:
        return (this.prompt = this.#readCount()) >= 0;
      case meanings.output:
        return (this.output = this.#readCount()) >= 0;
      case meanings.details:
        if (this.#hasDetails) return false;
        this.#hasDetails = true;
        return this.skipNull() || this.#readObject(true, true);
      case meanings.cached:
        if (this.#hasCached) return false;
        this.#hasCached = true;
        return this.skipNull() || (this.cached = this.#readCount()) >= 0;
      case meanings.foreign:
        return false;
      case meanings.cost:
        this.hasCost = true;
        return this.#skipOther(isInner);
      default:
        return this.#skipOther(isInner);
    }
  }

  #skipOther(isInner: boolean): boolean {
    const byte = this.#json[this.at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) return this.#readCount() >= 0;
    if (byte === 0x7b) return !isInner && this.#readObject(true, false);
    return this.skipNull() || this.#skipWord('true') || this.#skipWord('false');
  }

  /** A plain non-negative integer; -1 for everything else. */
  #readCount(): number {
    const json = this.#json;
    const start = this.at;
    let value = 0;
    for (let byte = json[this.at] ?? 0; byte >= 0x30 && byte <= 0x39; byte = json[this.at] ?? 0) {
      value = value * 10 + byte - 0x30;
      this.at++;
    }
    const next = json[this.at];
    const digits = this.at - start;
    return digits === 0 || digits > digitsMax || (next !== 0x2c && next !== 0x7d && next !== 0x20) ? -1 : value;
  }

  #skipWord(word: string): boolean {
    if (!standsAt(this.#json, this.at, word)) return false;
    this.at += word.length;
    return true;
  }
}
