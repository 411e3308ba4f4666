import { foldName } from './fold-name.ts';
import { JsonError } from './json-error.ts';
import type { ScannedObject } from './scan-object.ts';

/**
 * Refuses an object in which a name that the router interprets, strips, sets or refuses does not stand exactly
 * once, unescaped and in its own spelling: another reader could see another value there than the router does.
 * Other spellings count since some workers match names without regard to case (Go's encoding/json).
 *
 * `isInterpreted` is asked with names in lower case. Throws `JsonError` with reason `ambiguous_field`.
 */
export function requireUnambiguous(object: ScannedObject, isInterpreted: (name: string) => boolean): void {
  const { fields } = object;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (field === undefined) continue;
    const { name, plain, isUsual } = field;
    if (isUsual || (plain && isLowerCaseAscii(name))) {
      if (!isInterpreted(name)) continue;
      for (let j = 0; j < i; j++) if (fields[j]?.name === name) throw ambiguous(name);
      continue;
    }
    const folded = foldName(name);
    if (isInterpreted(folded)) throw ambiguous(folded);
  }
}

function isLowerCaseAscii(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 0x7f || (code >= 0x41 && code <= 0x5a)) return false;
  }
  return true;
}

function ambiguous(field: string): JsonError {
  return new JsonError('ambiguous_field', 'the field occurs twice or in another spelling', field);
}
