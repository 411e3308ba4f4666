import type { ChunkKind } from './chat-chunk.ts';
import { ChoiceReader } from './choice-reader.ts';
import type { ScannedField, ScannedObject } from './scan-object.ts';

/**
 * What all chunks of one stream have in common: the bytes before and after the elements of `choices`. Learned
 * from a chunk that was read and found good, it lets the next ones pass with a few searches instead of a parse:
 * where both are equal, `id`, `object`, `created` and `model` are present and constant.
 */
export class ChunkShape {
  readonly #choice: ChoiceReader;
  readonly #prefix: Buffer;
  readonly #suffix: Buffer;

  private constructor(kind: ChunkKind, prefix: Buffer, suffix: Buffer) {
    this.#choice = new ChoiceReader(kind);
    this.#prefix = prefix;
    this.#suffix = suffix;
  }

  /** Learns from a good chunk. `end`: where `,"usage":…` or the closing brace begins. Copies what it keeps. */
  static learn(kind: ChunkKind, object: ScannedObject, choices: ScannedField, end: number): ChunkShape | undefined {
    const { bytes } = object;
    if (bytes[choices.valueStart] !== 0x5b || choices.valueEnd > end) return undefined;
    return new ChunkShape(kind, Buffer.from(bytes.subarray(0, choices.valueStart + 1)), Buffer.from(bytes.subarray(choices.valueEnd - 1, end)));
  }

  /** Of the chunk that was read last: the index of its choice; -1 where `choices` is empty. */
  index = -1;
  /** Whether nothing of it was generated. */
  isEmpty = true;

  /** Reads a chunk whose bytes before `end` follow the shape and whose only choice (or none) needs no repair. False: look at it the slow way. */
  read(json: Buffer, end: number): boolean {
    const from = this.#prefix.length;
    const to = end - this.#suffix.length;
    if (to < from) return false;
    if (json.compare(this.#prefix, 0, from, 0, from) !== 0) return false;
    if (json.compare(this.#suffix, 0, this.#suffix.length, to, end) !== 0) return false;
    this.index = -1;
    this.isEmpty = true;
    if (to === from) return true;
    const choice = this.#choice;
    if (!choice.read(json, from, to)) return false;
    this.index = choice.index;
    this.isEmpty = choice.isEmpty;
    return true;
  }
}
