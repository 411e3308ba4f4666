import { splitPrompt, type TokenUsage } from './token-usage.ts';

/** How far from the end of a chunk engines write `usage`, in bytes. */
export const trailingUsageBytesMax = 256;

/** The `usage` that ends a JSON object, and where it stands. */
export interface TrailingUsage {
  /** Index of the comma before the name: the object without usage is `bytes[0..cut]` and a brace. */
  readonly cut: number;
  /** First byte of the value. */
  readonly valueStart: number;
  /** Byte after the value. */
  readonly valueEnd: number;
  /** Undefined where the value is null. */
  readonly usage: TokenUsage | undefined;
}

const usageName = Buffer.from('"usage":');
const digitsMax = 9;

/**
 * Reads `,"usage":{...}}` or `,"usage":null}` at the very end of valid JSON without parsing the rest: nearly
 * all that engines send. Undefined for everything else, which the caller reads the slow way.
 *
 * It cannot be deceived by text: inside a JSON string the quotes would be escaped, so that the bytes
 * `"usage":` after a comma are a name; and since exactly the object's own brace follows the value, it is a
 * name of the outermost object.
 */
export function readTrailingUsage(json: Buffer): TrailingUsage | undefined {
  const nameAt = json.indexOf(usageName, Math.max(0, json.length - trailingUsageBytesMax));
  if (nameAt < 1) return undefined;
  let cut = nameAt - 1;
  while (cut > 0 && json[cut] === 0x20) cut--;
  if (json[cut] !== 0x2c) return undefined;
  const reader = new UsageReader(json, nameAt + usageName.length);
  reader.skipSpaces();
  const valueStart = reader.at;
  const isNull = reader.skipNull();
  if (!isNull && !reader.readObject(0)) return undefined;
  const valueEnd = reader.at;
  if (json[valueEnd] !== 0x7d || valueEnd + 1 !== json.length) return undefined;
  if (isNull) return { cut, valueStart, valueEnd, usage: undefined };
  if (reader.prompt < 0 || reader.output < 0) return undefined;
  return { cut, valueStart, valueEnd, usage: splitPrompt(reader.prompt, reader.cached, reader.output) };
}

/** Reads a flat object of counts, with details one level down. Whatever else comes makes it answer false. */
class UsageReader {
  at: number;
  /** -1 until the object tells them. */
  prompt = -1;
  output = -1;
  cached = 0;
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

  readObject(depth: number, parent = 0): boolean {
    const json = this.#json;
    if (json[this.at] !== 0x7b) return false;
    this.at++;
    for (;;) {
      this.skipSpaces();
      if (json[this.at] !== 0x22) return false;
      const nameStart = this.at + 1;
      const nameEnd = json.indexOf(0x22, nameStart);
      if (nameEnd < 0 || json[nameEnd + 1] !== 0x3a) return false;
      this.at = nameEnd + 2;
      this.skipSpaces();
      if (!this.#readMember(nameStart, nameEnd, depth, parent)) return false;
      this.skipSpaces();
      const byte = json[this.at++];
      if (byte === 0x7d) return true;
      if (byte !== 0x2c) return false;
    }
  }

  #readMember(nameStart: number, nameEnd: number, depth: number, parent: number): boolean {
    const byte = this.#json[this.at] ?? 0;
    if (byte === 0x7b) return depth === 0 && this.readObject(1, nameStart);
    if (byte < 0x30 || byte > 0x39) return this.skipNull() || this.#skipWord('true') || this.#skipWord('false');
    const count = this.#readCount();
    if (count < 0) return false;
    if (depth === 0) {
      if (this.#is(nameStart, nameEnd, 'prompt_tokens')) this.prompt = count;
      else if (this.#is(nameStart, nameEnd, 'completion_tokens')) this.output = count;
      // Names of other dialects mean other sums.
      else if (this.#is(nameStart, nameEnd, 'input_tokens') || this.#is(nameStart, nameEnd, 'prompt_cache_hit_tokens')) return false;
    } else if (this.#is(nameStart, nameEnd, 'cached_tokens') && this.#is(parent, parent + 21, 'prompt_tokens_details')) this.cached = count;
    return true;
  }

  /** A plain non-negative integer; -1 for every other number. */
  #readCount(): number {
    const json = this.#json;
    const start = this.at;
    let value = 0;
    for (let byte = json[this.at] ?? 0; byte >= 0x30 && byte <= 0x39; byte = json[this.at] ?? 0) {
      value = value * 10 + byte - 0x30;
      this.at++;
    }
    const next = json[this.at];
    return this.at - start > digitsMax || (next !== 0x2c && next !== 0x7d && next !== 0x20) ? -1 : value;
  }

  #is(start: number, end: number, name: string): boolean {
    if (end - start !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.#json[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #skipWord(word: string): boolean {
    if (!this.#is(this.at, this.at + word.length, word)) return false;
    this.at += word.length;
    return true;
  }
}
