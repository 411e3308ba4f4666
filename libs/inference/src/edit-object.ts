import { findField } from './read-field.ts';
import type { ScannedObject } from './scan-object.ts';

/** A field as it is to be. */
export interface FieldValue {
  readonly name: string;
  /** Its JSON text, in ASCII. */
  readonly json: string;
}

/** What is to change in a scanned object. A name in both is set. */
export interface ObjectEdits {
  /** Whether a field goes. */
  readonly remove: (name: string) => boolean;
  /** Replaces the value where the field is, else the field is put in front. Names are not escaped: they are the router's own. */
  readonly set: readonly FieldValue[];
}

/** The object's bytes with the edits made, as latin1: for a small one, which is cheapest to write as a string. */
export function editAsText(object: ScannedObject, edits: ObjectEdits): string {
  const bytes = object.bytes.toString('latin1');
  let text = '';
  let at = 0;
  for (const change of changesOf(object, edits)) {
    text += bytes.slice(at, change.from) + change.json;
    at = change.to;
  }
  return at === 0 ? bytes : text + bytes.slice(at);
}

/**
 * The object's bytes with the edits made, as pieces in order; everything that is kept is a view of the
 * original bytes, never a copy and never re-serialised.
 */
export function editAsPieces(object: ScannedObject, edits: ObjectEdits): Buffer[] {
  const { bytes } = object;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const change of changesOf(object, edits)) {
    pieces.push(bytes.subarray(at, change.from));
    if (change.json !== '') pieces.push(Buffer.from(change.json, 'latin1'));
    at = change.to;
  }
  pieces.push(bytes.subarray(at));
  return pieces;
}

/** Bytes that go, and what comes in their place. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly json: string;
}

/** In the order of the bytes. */
function changesOf(object: ScannedObject, { remove, set }: ObjectEdits): Change[] {
  const { fields, open } = object;
  const changes: Change[] = [];
  let hasKept = false;
  let end = open + 1;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (field === undefined) continue;
    const { name, start, valueStart, valueEnd } = field;
    const json = jsonFor(set, name);
    const isRemoved = json === undefined && remove(name);
    if (json !== undefined) changes.push({ from: valueStart, to: valueEnd, json });
    // With the comma before it, or the one behind it where nothing is left before it.
    else if (isRemoved) changes.push(hasKept ? { from: end, to: valueEnd, json: '' } : { from: start, to: fields[i + 1]?.start ?? valueEnd, json: '' });
    hasKept ||= !isRemoved;
    end = valueEnd;
  }
  const inserted = insertedInto(object, set);
  if (inserted !== '') changes.unshift({ from: open + 1, to: open + 1, json: hasKept ? `${inserted},` : inserted });
  return changes;
}

function jsonFor(set: readonly FieldValue[], name: string): string | undefined {
  for (const value of set) if (value.name === name) return value.json;
  return undefined;
}

function insertedInto(object: ScannedObject, set: readonly FieldValue[]): string {
  let inserted = '';
  for (const { name, json } of set) if (findField(object, name) === undefined) inserted += inserted === '' ? `"${name}":${json}` : `,"${name}":${json}`;
  return inserted;
}
