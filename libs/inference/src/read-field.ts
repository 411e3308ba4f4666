import { JsonError } from './json-error.ts';
import { afterWhitespace } from './json-scanner.ts';
import { JsonWalk } from './json-walk.ts';
import type { ScannedField, ScannedObject } from './scan-object.ts';

/** Longest number that is read; every integer below 2^53 is shorter in every sensible spelling. */
const numberBytesMax = 32;
/** So many digits are exact in every number. */
const plainDigitsMax = 9;

/** The field of a name, or undefined when it is absent. The last one, where the name repeats. */
export function findField(object: ScannedObject, name: string): ScannedField | undefined {
  const { fields } = object;
  for (let i = fields.length - 1; i >= 0; i--) {
    const field = fields[i];
    if (field?.name === name) return field;
  }
  return undefined;
}

/** The field of a name unless it is absent or `null`. */
export function findValue(object: ScannedObject, name: string): ScannedField | undefined {
  const field = findField(object, name);
  return field === undefined || object.bytes[field.valueStart] === 0x6e ? undefined : field;
}

/** A boolean; undefined when absent or null. Throws `JsonError` naming the field. */
export function readBoolean(object: ScannedObject, name: string): boolean | undefined {
  const field = findValue(object, name);
  if (field === undefined) return undefined;
  const byte = object.bytes[field.valueStart];
  if (byte === 0x74) return true;
  if (byte === 0x66) return false;
  throw invalid(name, 'must be a boolean');
}

/** An integer within bounds (1.0 and 1e0 are integers); undefined when absent or null. Throws `JsonError`. */
export function readInteger(object: ScannedObject, name: string, min: number, max: number): number | undefined {
  const field = findValue(object, name);
  if (field === undefined) return undefined;
  const { valueStart, valueEnd } = field;
  const value = readNumber(object.bytes, valueStart, valueEnd);
  if (!Number.isInteger(value) || value < min || value > max) throw invalid(name, `must be an integer from ${min} to ${max}`);
  return value;
}

/** NaN where the value is none. */
function readNumber(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    // Only few plain digits are added up: all other spellings are left to the parser.
    if (digit < 0 || digit > 9 || end - start > plainDigitsMax) return parseNumber(bytes, start, end);
    value = value * 10 + digit;
  }
  return value;
}

function parseNumber(bytes: Buffer, start: number, end: number): number {
  return isNumber(bytes, start) && end - start <= numberBytesMax ? Number(bytes.toString('latin1', start, end)) : Number.NaN;
}

/** A string of at most `bytesMax` bytes as it stands in the JSON; undefined when absent or null. Throws `JsonError`. */
export function readString(object: ScannedObject, name: string, bytesMax: number): string | undefined {
  const field = findValue(object, name);
  if (field === undefined) return undefined;
  if (object.bytes[field.valueStart] !== 0x22) throw invalid(name, 'must be a string');
  if (field.valueEnd - field.valueStart - 2 > bytesMax) throw invalid(name, `must be at most ${bytesMax} bytes long`);
  const raw = object.bytes.toString('utf8', field.valueStart + 1, field.valueEnd - 1);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

/** A small object as a value; undefined when absent or null. Throws `JsonError`. */
export function readSmallObject(object: ScannedObject, name: string, bytesMax: number): Readonly<Record<string, unknown>> | undefined {
  const field = findValue(object, name);
  if (field === undefined) return undefined;
  if (object.bytes[field.valueStart] !== 0x7b) throw invalid(name, 'must be an object');
  if (field.valueEnd - field.valueStart > bytesMax) throw invalid(name, `must be at most ${bytesMax} bytes long`);
  return JSON.parse(object.bytes.toString('utf8', field.valueStart, field.valueEnd)) as Record<string, unknown>;
}

/** How many texts a field holds: a list of strings or of lists of tokens is a batch, one string or list of tokens is one. 0 where it is absent, null or empty. */
export function countTexts(object: ScannedObject, name: string): number {
  const field = findValue(object, name);
  if (field === undefined) return 0;
  const { bytes } = object;
  if (bytes[field.valueStart] !== 0x5b) return 1;
  const walk = new JsonWalk(bytes);
  let count = 0;
  let isTokens = isNumber(bytes, afterWhitespace(bytes, field.valueStart + 1));
  // There may be millions of them.
  if (isTokens) return 1;
  walk.elements(field.valueStart, (at) => {
    isTokens ||= isNumber(bytes, at);
    count++;
    return walk.endOf(at);
  });
  return isTokens ? 1 : count;
}

/** Throws `JsonError` unless the field is an array with at least one element. */
export function requireNonEmptyArray(object: ScannedObject, name: string): void {
  const field = findValue(object, name);
  if (field === undefined) throw invalid(name, 'is required');
  const { bytes } = object;
  if (bytes[field.valueStart] !== 0x5b) throw invalid(name, 'must be an array');
  if (bytes[afterWhitespace(bytes, field.valueStart + 1)] === 0x5d) throw invalid(name, 'must not be empty');
}

/** Whether the value that begins there is a number. */
function isNumber(bytes: Buffer, at: number): boolean {
  const first = bytes[at] ?? 0;
  return first === 0x2d || (first >= 0x30 && first <= 0x39);
}

function invalid(field: string, rule: string): JsonError {
  return new JsonError('field_invalid', `\`${field}\` ${rule}`, field);
}
