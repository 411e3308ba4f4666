import { UsageError } from './usage-error.ts';

const pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id as text with dashes, whatever its version; empty for the empty id. */
export function formatId(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Whether a text is an id with dashes. */
export function isId(text: string): boolean {
  return pattern.test(text);
}

/** An id's 16 bytes. Throws `UsageError`. */
export function parseId(text: string, what: string): Buffer {
  if (!isId(text)) throw new UsageError(`${what} is an id such as 01938b6e-0000-7000-8000-000000000000`);
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}
