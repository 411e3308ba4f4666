import { JsonError } from './json-error.ts';
import { scanObject, type ScannedObject } from './scan-object.ts';
import { StreamError } from './stream-error.ts';
import { findField } from './read-field.ts';

/** One event of a stream of named events. */
export interface NamedEvent {
  readonly type: string;
  readonly object: ScannedObject;
}

/** Longest type of an event, in bytes. */
const typeBytesMax = 128;

/** Checks the data of an event and finds its type, which its name repeats where it has one. Throws `StreamError`. */
export function readEvent(data: Buffer, name: string): NamedEvent {
  let object: ScannedObject;
  try {
    object = scanObject(data);
  } catch (error) {
    if (error instanceof JsonError) throw new StreamError('invalid_chunk');
    throw error;
  }
  const field = findField(object, 'type');
  const isText = field !== undefined && data[field.valueStart] === 0x22 && field.valueEnd - field.valueStart <= typeBytesMax;
  const type = isText ? data.toString('latin1', field.valueStart + 1, field.valueEnd - 1) : name;
  // A type that is no plain word would break out of its line.
  if (!/^[a-z][a-z0-9._]*$/.test(type)) throw new StreamError('invalid_chunk');
  return { type, object };
}

/** The event's data as a value. */
export function parseEvent({ object }: NamedEvent): Record<string, unknown> {
  return JSON.parse(object.bytes.toString('utf8')) as Record<string, unknown>;
}
