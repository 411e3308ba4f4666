import type { ChunkKind } from './chat-chunk.ts';
import type { ScannedField, ScannedObject } from './scan-object.ts';

const indexName = Buffer.from('"index":');
const deltaName = Buffer.from('"delta":{');
const textName = Buffer.from('"text":"');
const finishName = Buffer.from('"finish_reason":');
const toolCallsName = Buffer.from('"tool_calls":[');
const emptyRole = Buffer.from('"role":""');
const roleName = Buffer.from('"role"');
const between = Buffer.from('},{');
const quote = 0x22;
const comma = 0x2c;
const space = 0x20;

/** What a chunk that follows the learned shape says. */
export interface ShapedChoice {
  /** Index of the one choice; -1 where `choices` is empty. */
  readonly index: number;
  readonly isEmptyDelta: boolean;
}

/**
 * What all chunks of one stream have in common: the bytes before and after the elements of `choices`. Learned
 * from a chunk that was read and found good, it lets the next ones pass with a few searches instead of a parse:
 * where both are equal, `id`, `object`, `created` and `model` are present and constant.
 */
export class ChunkShape {
  readonly #kind: ChunkKind;
  readonly #prefix: Buffer;
  readonly #suffix: Buffer;

  private constructor(kind: ChunkKind, prefix: Buffer, suffix: Buffer) {
    this.#kind = kind;
    this.#prefix = prefix;
    this.#suffix = suffix;
  }

  /** Learns from a good chunk. `end`: where `,"usage":…` or the closing brace begins. Copies what it keeps. */
  static learn(kind: ChunkKind, object: ScannedObject, choices: ScannedField, end: number): ChunkShape | undefined {
    const { bytes } = object;
    if (bytes[choices.valueStart] !== 0x5b || choices.valueEnd > end) return undefined;
    return new ChunkShape(kind, Buffer.from(bytes.subarray(0, choices.valueStart + 1)), Buffer.from(bytes.subarray(choices.valueEnd - 1, end)));
  }

  /**
   * Reads a chunk whose bytes before `end` follow the shape and whose only choice (or none) needs no repair.
   * Undefined: look at it the slow way. Names are searched with their quotes, which inside of a JSON string
   * would be escaped.
   */
  read(json: Buffer, end: number): ShapedChoice | undefined {
    const from = this.#prefix.length;
    const to = end - this.#suffix.length;
    if (to < from) return undefined;
    if (json.compare(this.#prefix, 0, from, 0, from) !== 0) return undefined;
    if (json.compare(this.#suffix, 0, this.#suffix.length, to, end) !== 0) return undefined;
    if (to === from) return { index: -1, isEmptyDelta: true };
    // More than one choice, or objects in a row somewhere in it.
    if (json.indexOf(between, from) >= 0) return undefined;
    return this.#kind === 'chat' ? readDelta(json, from, to) : readText(json, from, to);
  }
}

/** The one choice of a chat chunk, between two places. */
function readDelta(json: Buffer, from: number, to: number): ShapedChoice | undefined {
  // The choice's own index must come before its delta: an index behind it could belong to a tool call.
  const indexAt = json.indexOf(indexName, from);
  const deltaAt = json.indexOf(deltaName, from);
  if (json[from] !== 0x7b || indexAt < 0 || indexAt > deltaAt || deltaAt >= to) return undefined;
  const finishAt = json.indexOf(finishName, from);
  // A reason, not null, is noted the slow way: it comes once for each choice.
  if (finishAt < 0 || finishAt >= to || json[finishAt + finishName.length] !== 0x6e) return undefined;
  if (json.indexOf(deltaName, deltaAt + deltaName.length) >= 0) return undefined;
  if (json.indexOf(toolCallsName, from) >= 0 || json.indexOf(emptyRole, from) >= 0) return undefined;
  const index = readIndex(json, indexAt + indexName.length);
  if (index < 0) return undefined;
  return { index, isEmptyDelta: isEmptyDelta(json, deltaAt + deltaName.length) };
}

/** The one choice of a text chunk. Index and text may come in either order; what occurs twice is looked at the slow way. */
function readText(json: Buffer, from: number, to: number): ShapedChoice | undefined {
  const textAt = json.indexOf(textName, from);
  const indexAt = json.indexOf(indexName, from);
  const finishAt = json.indexOf(finishName, from);
  if (json[from] !== 0x7b || textAt < 0 || textAt >= to || indexAt < 0 || indexAt >= to || finishAt < 0 || finishAt >= to) return undefined;
  if (json[finishAt + finishName.length] !== 0x6e) return undefined;
  if (json.indexOf(textName, textAt + 1) >= 0 || json.indexOf(indexName, indexAt + 1) >= 0) return undefined;
  const index = readIndex(json, indexAt + indexName.length);
  return index < 0 ? undefined : { index, isEmptyDelta: json[textAt + textName.length] === quote };
}

/** A choice's index of one or two digits; -1 otherwise. */
function readIndex(json: Buffer, at: number): number {
  const first = (json[at] ?? 0) - 0x30;
  if (first < 0 || first > 9) return -1;
  const second = (json[at + 1] ?? 0) - 0x30;
  if (second < 0 || second > 9) return json[at + 1] === 0x2c ? first : -1;
  return json[at + 2] === 0x2c ? first * 10 + second : -1;
}

/** Whether the members of the delta that begins at `at` are all null, empty, or the role. */
function isEmptyDelta(json: Buffer, at: number): boolean {
  for (;;) {
    while (json[at] === comma || json[at] === space) at++;
    if (json[at] === 0x7d) return true;
    const nameEnd = json.indexOf(quote, at + 1);
    if (json[at] !== quote || nameEnd < 0) return false;
    const isRole = json.compare(roleName, 0, roleName.length, at, nameEnd + 1) === 0;
    at = nameEnd + 2;
    while (json[at] === space) at++;
    const first = json[at];
    if (first === 0x6e) at += 4;
    else if ((first === quote && json[at + 1] === quote) || (first === 0x5b && json[at + 1] === 0x5d)) at += 2;
    else if (isRole && first === quote) at = json.indexOf(quote, at + 1) + 1;
    else return false;
  }
}
