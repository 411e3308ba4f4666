import { foldName } from './fold-name.ts';
import { JsonError } from './json-error.ts';
import { JsonScanner } from './json-scanner.ts';
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
const textTypes: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'refusal', 'thinking', 'reasoning']);

/** Fields of a part that hold inline data or an address. */
const dataNames: ReadonlySet<string> = new Set(['url', 'data', 'file_data', 'image_url', 'audio_url', 'video_url', 'input_image', 'image']);
/** Fields that name something stored elsewhere. */
const referenceNames: ReadonlySet<string> = new Set(['file_id', 'file_url', 'image_id', 'uuid']);

/** A part sits in an array in a message in the array: below this depth there are none. */
const partDepthMin = 3;

/**
 * Counts the media parts of chat messages (`[{content: [part, ...]}, ...]`) without building them. Throws
 * `JsonError` when a media part has a field twice, since the worker could see another one.
 */
export function countMedia(object: ScannedObject, field: ScannedField): MediaParts {
  if (field.depth < partDepthMin || object.bytes[field.valueStart] !== 0x5b) return none;
  const walk = new MediaWalk(object.bytes, field.name);
  walk.elements(field.valueStart, (at) => walk.members(at, (name, value) => name === 'content' && walk.content(value)));
  return { count: walk.count, bytes: walk.dataBytes, remote: walk.remote };
}

class MediaWalk {
  count = 0;
  dataBytes = 0;
  remote = false;
  readonly #bytes: Buffer;
  readonly #field: string;

  constructor(bytes: Buffer, field: string) {
    this.#bytes = bytes;
    this.#field = field;
  }

  /** Calls `visit` with the place of each element of the array at `at`; nothing when it is no array. */
  elements(at: number, visit: (at: number) => void): void {
    const scanner = new JsonScanner(this.#bytes, at);
    if (this.#bytes[at] !== 0x5b) return;
    scanner.at++;
    for (scanner.skipWhitespace(); this.#bytes[scanner.at] !== 0x5d; scanner.skipWhitespace()) {
      visit(scanner.at);
      scanner.skipValue(0);
      this.#skipComma(scanner);
    }
  }

  /** Calls `visit` with the name (resolved and folded) and place of each member of the object at `at`. */
  members(at: number, visit: (name: string, at: number, end: number) => unknown): void {
    const scanner = new JsonScanner(this.#bytes, at);
    if (this.#bytes[at] !== 0x7b) return;
    scanner.at++;
    for (scanner.skipWhitespace(); this.#bytes[scanner.at] !== 0x7d; scanner.skipWhitespace()) {
      const start = scanner.at;
      scanner.skipString();
      const name = nameOf(this.#bytes.toString('utf8', start + 1, scanner.at - 1));
      scanner.skipWhitespace();
      scanner.expect(0x3a);
      scanner.skipWhitespace();
      const value = scanner.at;
      scanner.skipValue(0);
      visit(name, value, scanner.at);
      this.#skipComma(scanner);
    }
  }

  #skipComma(scanner: JsonScanner): void {
    scanner.skipWhitespace();
    if (this.#bytes[scanner.at] === 0x2c) scanner.at++;
  }

  /** The content of a message: an array of parts, or (some clients) one part. */
  content(at: number): void {
    if (this.#bytes[at] === 0x7b) this.part(at);
    else this.elements(at, (element) => this.part(element));
  }

  part(at: number): void {
    let isText = false;
    const names = new Set<string>();
    let repeated = false;
    this.members(at, (name, value, end) => {
      repeated ||= names.has(name);
      names.add(name);
      if (name === 'type') isText = end - value < 64 && textTypes.has(this.#bytes.toString('latin1', value + 1, end - 1));
    });
    if (isText && ![...names].some((name) => dataNames.has(name) || referenceNames.has(name))) return;
    if (names.size === 0) return;
    if (repeated) throw this.#ambiguous();
    this.count++;
    this.#data(at, 0);
  }

  /** Adds up the inline data of a media part; its other bytes count as text. */
  #data(at: number, depth: number): void {
    const names = new Set<string>();
    this.members(at, (name, value, end) => {
      if (names.has(name)) throw this.#ambiguous();
      names.add(name);
      if (referenceNames.has(name) && this.#bytes[value] !== 0x6e) this.remote = true;
      else if (this.#bytes[value] === 0x7b && depth === 0) this.#data(value, depth + 1);
      else if (this.#bytes[value] === 0x22 && dataNames.has(name)) this.#inline(name, value, end);
    });
  }

  #ambiguous(): JsonError {
    return new JsonError('ambiguous_field', 'a part of a message has a field twice', this.#field);
  }

  #inline(name: string, value: number, end: number): void {
    // `data` and `file_data` are base64 by definition; an address must say that it is data itself.
    const isData = name === 'data' || name === 'file_data' || this.#bytes.toString('latin1', value + 1, value + 6).toLowerCase() === 'data:';
    if (isData) this.dataBytes += end - value - 2;
    else this.remote = true;
  }
}

function nameOf(raw: string): string {
  return foldName(raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw);
}
