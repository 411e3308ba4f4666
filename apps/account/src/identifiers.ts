import { TacetError } from '@tacet/errors';
import { parse, stringify, v7, validate } from 'uuid';

/** The 16 zero bytes that stand for an id that does not exist (sealed-record contexts). */
export const noId = Buffer.alloc(16);

/** A new UUIDv7: ids sort by their creation. */
export function newId(): string {
  return v7();
}

/** The 16 bytes of an id, as rpcs take them. */
export function idBytes(id: string): Buffer {
  return Buffer.from(parse(id));
}

/** The text of an id that came in an rpc. Throws `field_invalid` with the field's name. */
export function idText(bytes: Uint8Array, field: string): string {
  if (bytes.length !== 16) throw new TacetError('field_invalid', { param: field, message: `${field} is 16 bytes.` });
  const id = stringifyLoosely(bytes);
  if (!validate(id)) throw new TacetError('field_invalid', { param: field, message: `${field} is not a UUID.` });
  return id;
}

function stringifyLoosely(bytes: Uint8Array): string {
  try {
    return stringify(bytes);
  } catch {
    // The package throws on a version it does not know, with the value in its message.
    return '';
  }
}
