import { findUsualName, standsAt } from './field-names.ts';
import { JsonError } from './json-error.ts';
import { JsonScanner } from './json-scanner.ts';
import { JsonWalk } from './json-walk.ts';
import type { ScannedField, ScannedObject } from './scan-object.ts';

/** What of a prompt is not text. */
export interface MediaParts {
  /** Parts that are an image, audio, video or file. */
  readonly count: number;
  /** Bytes of their inline data, which are not text. */
  readonly bytes: number;
  /** Whether a part is named by an address that the worker would fetch, or by an id that only another service knows. */
  readonly remote: boolean;
}

const none: MediaParts = { count: 0, bytes: 0, remote: false };

/** Parts of these types are text; a part of any other type counts as media. */
const textTypes: ReadonlySet<string> = new Set([
  'text', 'input_text', 'output_text', 'refusal', 'thinking', 'reasoning', 'reasoning_text', 'summary_text', 'tool_use',
]);
/** The types of the usual text, as they stand in JSON. */
const plainTypes = ['"text"', '"input_text"', '"output_text"'] as const;
/** Parts of these types hold parts of their own. */
const nestingTypes: ReadonlySet<string> = new Set(['tool_result', 'search_result']);
/** Members of a message, or of an item of `/v1/responses`, that hold parts. */
const contentNames: ReadonlySet<string> = new Set(['content', 'output']);

/** Fields of a part that hold inline data or an address. */
const dataNames: ReadonlySet<string> = new Set(['url', 'data', 'file_data', 'image_url', 'audio_url', 'video_url', 'input_image', 'image', 'video', 'audio']);
/** Fields that name something stored elsewhere. */
const referenceNames: ReadonlySet<string> = new Set(['file_id', 'file_url', 'image_id', 'uuid']);

/** A part sits in an array in a message in the array: below this depth there are none. */
const partDepthMin = 3;

/**
 * Counts the media parts of messages (`[{content: [part, ...]}, ...]`, and the items of `/v1/responses`) without
 * building them. Throws `JsonError` when a media part has a field twice, since the worker could see another one.
 */
export function countMedia(object: ScannedObject, field: ScannedField): MediaParts {
  if (field.depth < partDepthMin || object.bytes[field.valueStart] !== 0x5b) return none;
  const walk = new MediaWalk(object.bytes, field.name);
  walk.elements(field.valueStart, (at) => walk.members(at, (name, value) => (contentNames.has(name) ? walk.content(value) : walk.endOf(value))));
  return { count: walk.count, bytes: walk.dataBytes, remote: walk.remote };
}

/** The same for a field that is itself an array of parts, such as `system`. */
export function countMediaParts(object: ScannedObject, field: ScannedField): MediaParts {
  const walk = new MediaWalk(object.bytes, field.name);
  walk.content(field.valueStart);
  return { count: walk.count, bytes: walk.dataBytes, remote: walk.remote };
}

class MediaWalk extends JsonWalk {
  count = 0;
  dataBytes = 0;
  remote = false;
  readonly #field: string;

  constructor(bytes: Buffer, field: string) {
    super(bytes);
    this.#field = field;
  }

  /** The content of a message: an array of parts, or (some clients) one part. Returns where it ends, as the others do. */
  content(at: number): number {
    return this.bytes[at] === 0x7b ? this.part(at) : this.elements(at, (element) => this.part(element));
  }

  part(at: number): number {
    const textEnd = this.#endOfText(at);
    return textEnd < 0 ? this.#anyPart(at) : textEnd;
  }

  /** Where a part ends that is text and nothing else, as most are; -1: it must be looked at. */
  #endOfText(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== 0x7b) return -1;
    const scanner = new JsonScanner(bytes, at + 1);
    let hasType = false;
    for (;;) {
      scanner.skipWhitespace();
      if (bytes[scanner.at] !== 0x22) return -1;
      const start = scanner.at + 1;
      scanner.skipString();
      const name = findUsualName(bytes, start, scanner.at - 1);
      scanner.skipWhitespace();
      scanner.expect(0x3a);
      scanner.skipWhitespace();
      const value = scanner.at;
      if (name === 'type' && !hasType && plainTypes.some((type) => standsAt(bytes, value, type))) hasType = true;
      else if (name !== 'text' && name !== 'cache_control') return -1;
      scanner.skipValue(0);
      scanner.skipWhitespace();
      if (bytes[scanner.at++] === 0x7d) return hasType ? scanner.at : -1;
    }
  }

  #anyPart(at: number): number {
    let isText = false;
    let isNesting = false;
    let isOpaque = false;
    const names = new Set<string>();
    let repeated = false;
    const partEnd = this.members(at, (name, value) => {
      const end = this.endOf(value);
      if (names.has(name) && name === 'type') throw this.#ambiguous();
      repeated ||= names.has(name);
      names.add(name);
      if (name !== 'type' || end - value >= 64) return end;
      const type = this.bytes.toString('latin1', value + 1, end - 1);
      isText = textTypes.has(type);
      isNesting = nestingTypes.has(type);
      isOpaque = type === 'redacted_thinking';
      return end;
    });
    if (names.size === 0 || isOpaque) return partEnd;
    const isMedia = [...names].some((name) => dataNames.has(name) || referenceNames.has(name));
    if (repeated && (isMedia || !isText)) throw this.#ambiguous();
    if (isNesting) this.members(at, (name, value) => (contentNames.has(name) ? this.content(value) : this.endOf(value)));
    if ((isText || isNesting) && !isMedia) return partEnd;
    this.count++;
    this.#data(at, 0);
    return partEnd;
  }

  /** Adds up the inline data of a media part; its other bytes count as text. */
  #data(at: number, depth: number): void {
    const names = new Set<string>();
    const before = this.dataBytes;
    let isText = false;
    this.members(at, (name, value) => {
      const end = this.endOf(value);
      if (name === 'type' && this.bytes.toString('latin1', value + 1, end - 1) === 'text') isText = true;
      if (names.has(name)) throw this.#ambiguous();
      names.add(name);
      if (referenceNames.has(name) && this.bytes[value] !== 0x6e) this.remote = true;
      else if (this.bytes[value] === 0x7b && depth === 0) this.#data(value, depth + 1);
      else if (this.bytes[value] === 0x22 && dataNames.has(name)) this.#inline(name, value, end);
      return end;
    });
    // The text of a document is text, though it stands where data would.
    if (isText) this.dataBytes = before;
  }

  #ambiguous(): JsonError {
    return new JsonError('ambiguous_field', 'a part of a message has a field twice', this.#field);
  }

  #inline(name: string, value: number, end: number): void {
    // `data` and `file_data` are base64 by definition; an address must say that it is data itself.
    const isData = name === 'data' || name === 'file_data' || this.bytes.toString('latin1', value + 1, value + 6).toLowerCase() === 'data:';
    if (isData) this.dataBytes += end - value - 2;
    else this.remote = true;
  }
}
