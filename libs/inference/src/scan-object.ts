import { isUtf8 } from 'node:buffer';
import { findUsualName } from './field-names.ts';
import { JsonError } from './json-error.ts';
import { JsonScanner } from './json-scanner.ts';

/** How many top-level fields an object may have. */
export const topLevelFieldsMax = 512;

/** One top-level field of a scanned object: where its bytes are. */
export interface ScannedField {
  /** The name as it means (escapes resolved). */
  readonly name: string;
  /** Whether the name stands there byte for byte, without an escape. */
  readonly plain: boolean;
  /** Whether the name is one that fields usually have: in small letters of ASCII, and plain. */
  readonly isUsual: boolean;
  /** First byte of the name's opening quote. */
  readonly start: number;
  readonly valueStart: number;
  /** Byte after the value. */
  readonly valueEnd: number;
  /** How deep containers nest in the value; 0 for a scalar. */
  readonly depth: number;
}

/** An object whose bytes are valid JSON and whose top-level fields are known by their places. */
export interface ScannedObject {
  readonly bytes: Buffer;
  /** In the order of the bytes; names may repeat. */
  readonly fields: readonly ScannedField[];
  /** Index of the opening and of the closing brace. */
  readonly open: number;
  readonly close: number;
}

/**
 * Checks that bytes are one JSON object in UTF-8 (RFC 8259, no byte order mark) and finds its top-level
 * fields. Nothing is built of the values. Throws `JsonError`.
 */
export function scanObject(bytes: Buffer): ScannedObject {
  if (!isUtf8(bytes)) throw new JsonError('invalid_utf8', 'the JSON is not UTF-8');
  const scanner = new JsonScanner(bytes);
  scanner.skipWhitespace();
  const open = scanner.at;
  if (bytes[open] !== 0x7b) {
    // A value of another kind must still be valid to be called "not an object".
    scanner.skipValue(0);
    requireEnd(scanner);
    throw new JsonError('not_an_object', 'the JSON is not an object');
  }
  scanner.at++;
  scanner.skipWhitespace();
  const fields: ScannedField[] = [];
  if (bytes[scanner.at] === 0x7d) scanner.at++;
  else scanFields(scanner, fields);
  const close = scanner.at - 1;
  requireEnd(scanner);
  return { bytes, fields, open, close };
}

function scanFields(scanner: JsonScanner, fields: ScannedField[]): void {
  const { bytes } = scanner;
  for (;;) {
    if (fields.length === topLevelFieldsMax) throw new JsonError('too_many_fields', `the object has more than ${topLevelFieldsMax} fields`);
    fields.push(scanField(scanner));
    scanner.skipWhitespace();
    const byte = bytes[scanner.at];
    if (byte === 0x7d) break;
    scanner.expect(0x2c);
    scanner.skipWhitespace();
  }
  scanner.at++;
}

function scanField(scanner: JsonScanner): ScannedField {
  const { bytes } = scanner;
  const start = scanner.at;
  scanner.skipString();
  const nameEnd = scanner.at;
  scanner.skipWhitespace();
  scanner.expect(0x3a);
  scanner.skipWhitespace();
  const valueStart = scanner.at;
  scanner.deepest = 1;
  scanner.skipValue(1);
  const usual = findUsualName(bytes, start + 1, nameEnd - 1);
  const raw = usual ?? bytes.toString('utf8', start + 1, nameEnd - 1);
  const plain = usual !== undefined || !raw.includes('\\');
  const name = plain ? raw : (JSON.parse(`"${raw}"`) as string);
  return { name, plain, isUsual: usual !== undefined, start, valueStart, valueEnd: scanner.at, depth: scanner.deepest - 1 };
}

function requireEnd(scanner: JsonScanner): void {
  scanner.skipWhitespace();
  if (scanner.at !== scanner.bytes.length) throw new JsonError('syntax', 'something follows the JSON');
}
