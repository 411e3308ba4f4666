import { parse, stringify, validate } from 'uuid';
import { UsageError } from './usage-error.ts';

/** An id as text with dashes; empty for the empty id. */
export function formatId(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : stringify(bytes);
}

/** Whether a text is an id with dashes. */
export function isId(text: string): boolean {
  return validate(text);
}

/** An id's 16 bytes. Throws `UsageError`. */
export function parseId(text: string, what: string): Buffer {
  if (!validate(text)) throw new UsageError(`${what} is an id such as 01938b6e-0000-7000-8000-000000000000`);
  return Buffer.from(parse(text));
}
