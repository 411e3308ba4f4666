import { TacetError } from '@tacet/errors';
import { z } from 'zod';

/** Largest page of a list, and the one of a request that names none. */
export const pageSizeMax = 200;
const pageSizeDefault = 50;

/** `?limit=` of a list. */
export const limitSchema = z.coerce.number().int().min(1).max(pageSizeMax).default(pageSizeDefault);

const cursorCharactersMax = 16_384;

/** `?cursor=` of a list: the `next_cursor` of the page before, as it came. */
export const cursorSchema = z.string().max(cursorCharactersMax).optional();

/** Puts the place where a page ended into an opaque text. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Reads a place back out of `?cursor=`. Throws `field_invalid`. */
export function decodeCursor<S extends z.ZodType>(schema: S, cursor: string | undefined): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw new TacetError('field_invalid', { param: 'cursor', message: 'cursor is not one that a list gave.' });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
