import { plainNameEnd, standsAt } from './field-names.ts';
import type { ChunkKind } from './chat-chunk.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const space = 0x20;
const braceOpen = 0x7b;
const braceClose = 0x7d;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;
const letterN = 0x6e;

/**
 * Reads the one choice of a usual chunk, byte by byte: its index, whether anything was generated, and that nothing of it
 * needs a repair or has ended. What stands twice counts as it stands last. It does not check what it passes over. One serves
 * a whole stream.
 */
export class ChoiceReader {
  index = -1;
  /** Whether the delta carries nothing but a role, or the text is empty. */
  isEmpty = true;
  readonly #isChat: boolean;
  #json: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Of the name that was read last. */
  #nameLength = 0;
  #hasContent = false;
  #hasFinish = false;

  constructor(kind: ChunkKind) {
    this.#isChat = kind === 'chat';
  }

  /** False: what stands between the two places is to be looked at the slow way. */
  read(json: Buffer, from: number, to: number): boolean {
    this.#json = json;
    this.#at = from;
    this.index = -1;
    this.isEmpty = true;
    this.#hasContent = false;
    this.#hasFinish = false;
    if (json[from] !== braceOpen) return false;
    for (;;) {
      const start = this.#nextName();
      if (start < 0 || !this.#readMember(start, this.#nameLength)) return false;
      this.#skipSpaces();
      const byte = json[this.#at];
      if (byte === comma) continue;
      return byte === braceClose && this.#at + 1 === to && this.#hasContent && this.#hasFinish && this.index >= 0;
    }
  }

  #readMember(start: number, length: number): boolean {
    const json = this.#json;
    if (length === 5 && standsAt(json, start, 'index')) return this.#readIndex();
    if (length === 13 && standsAt(json, start, 'finish_reason')) {
      // A reason is noted the slow way: it comes once for each choice.
      if (json[this.#at] !== letterN) return false;
      this.#hasFinish = true;
    } else if (this.#isChat && length === 5 && standsAt(json, start, 'delta')) return this.#readDelta();
    else if (!this.#isChat && length === 4 && standsAt(json, start, 'text')) return this.#readText();
    return this.#skipValue();
  }

  /** One or two digits. */
  #readIndex(): boolean {
    const json = this.#json;
    let index = 0;
    const start = this.#at;
    for (let digit = (json[start] ?? 0) - 0x30; digit >= 0 && digit <= 9; digit = (json[this.#at] ?? 0) - 0x30) {
      index = index * 10 + digit;
      this.#at++;
    }
    this.index = index;
    const digits = this.#at - start;
    return digits === 1 || digits === 2;
  }

  #readText(): boolean {
    if (this.#json[this.#at] !== quote) return false;
    this.#hasContent = true;
    this.isEmpty = this.#json[this.#at + 1] === quote;
    return this.#skipValue();
  }

  #readDelta(): boolean {
    const json = this.#json;
    if (json[this.#at] !== braceOpen) return false;
    this.#hasContent = true;
    this.isEmpty = true;
    if (json[this.#at + 1] === braceClose) {
      this.#at += 2;
      return true;
    }
    for (;;) {
      const start = this.#nextName();
      if (start < 0 || !this.#readPart(start, this.#nameLength)) return false;
      this.#skipSpaces();
      const byte = json[this.#at];
      if (byte === comma) continue;
      this.#at++;
      return byte === braceClose;
    }
  }

  /** A member of the delta. */
  #readPart(start: number, length: number): boolean {
    const json = this.#json;
    const first = json[this.#at];
    const second = json[this.#at + 1];
    const isEmptyText = first === quote && second === quote;
    if (length === 4 && standsAt(json, start, 'role')) {
      if (isEmptyText) return false;
    } else {
      const isEmptyList = first === bracketOpen && second === bracketClose;
      // Calls of tools may want an index.
      if (first === bracketOpen && !isEmptyList && length === 10 && standsAt(json, start, 'tool_calls')) return false;
      if (first !== letterN && !isEmptyText && !isEmptyList) this.isEmpty = false;
    }
    return this.#skipValue();
  }

  /** From the bracket or comma before a name to its value. Returns where the name begins; -1 where it is unusual. */
  #nextName(): number {
    const json = this.#json;
    this.#at++;
    this.#skipSpaces();
    const start = this.#at + 1;
    if (json[start - 1] !== quote) return -1;
    const end = plainNameEnd(json, start);
    if (end < 0 || json[end + 1] !== colon) return -1;
    this.#nameLength = end - start;
    this.#at = end + 2;
    this.#skipSpaces();
    return start;
  }

  #skipSpaces(): void {
    while (this.#json[this.#at] === space) this.#at++;
  }

  /** To the comma or bracket behind a value; false where the chunk ends before. */
  #skipValue(): boolean {
    const json = this.#json;
    const { length } = json;
    let depth = 0;
    let at = this.#at;
    for (; at < length; at++) {
      const byte = json[at];
      if (byte === quote) {
        for (at++; at < length && json[at] !== quote; at++) if (json[at] === backslash) at++;
      } else if (byte === braceOpen || byte === bracketOpen) depth++;
      else if (byte === braceClose || byte === bracketClose) {
        if (depth === 0) break;
        depth--;
      } else if (byte === comma && depth === 0) break;
    }
    this.#at = at;
    return at < length;
  }
}
