import type { ScannedField, ScannedObject } from './scan-object.ts';

/** What is to change in a scanned object. A name in both is set. */
export interface ObjectEdits {
  /** Whether a field goes. */
  readonly remove: (name: string) => boolean;
  /** JSON text by name: replaces the value where the field is, else the field is put in front. */
  readonly set: ReadonlyMap<string, string>;
}

/**
 * The object's bytes with the edits made, as pieces in order; everything that is kept is a view of the
 * original bytes, never a copy and never re-serialised. Names are not escaped: they are the router's own.
 */
export function editObject(object: ScannedObject, edits: ObjectEdits): Buffer[] {
  const { bytes, fields, open, close } = object;
  const { remove, set } = edits;
  const inserted: string[] = [];
  for (const [name, json] of set) if (!fields.some((field) => field.name === name)) inserted.push(`"${name}":${json}`);
  const pieces: Buffer[] = [bytes.subarray(0, open + 1)];
  if (inserted.length > 0) pieces.push(Buffer.from(inserted.join(',')));
  let empty = inserted.length === 0;
  // Kept fields that follow each other are one piece, with the original commas and whitespace between them.
  let runStart = -1;
  let runEnd = -1;
  const endRun = () => {
    if (runStart < 0) return;
    if (!empty) pieces.push(commaPiece);
    pieces.push(bytes.subarray(runStart, runEnd));
    empty = false;
    runStart = -1;
  };
  for (const field of fields) {
    const json = set.get(field.name);
    if (json === undefined && remove(field.name)) endRun();
    else if (json === undefined) {
      if (runStart < 0) runStart = field.start;
      runEnd = field.valueEnd;
    } else {
      endRun();
      if (!empty) pieces.push(commaPiece);
      pieces.push(...replaced(bytes, field, json));
      empty = false;
    }
  }
  endRun();
  pieces.push(bytes.subarray(fields.at(-1)?.valueEnd ?? close, bytes.length));
  return pieces;
}

const commaPiece = Buffer.from(',');

function replaced(bytes: Buffer, field: ScannedField, json: string): [Buffer, Buffer] {
  return [bytes.subarray(field.start, field.valueStart), Buffer.from(json)];
}
