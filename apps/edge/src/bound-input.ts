import { countTexts, findValue, type MediaParts, type ScannedObject } from '@tacet/inference';
import type { Endpoint } from './endpoints.ts';
import type { CatalogueModel } from './money/catalogue.ts';

/** How much prompt a request can have, in tokens. */
export interface InputBound {
  /** What is reserved for it. */
  readonly reserved: number;
  /** More than this a worker cannot have read. */
  readonly believable: number;
}

/** Each token is at least a byte of text; media count by the piece, their bytes not at all. */
export function boundInput(object: ScannedObject, endpoint: Endpoint, model: CatalogueModel, media: MediaParts): InputBound {
  if (!endpoint.isPaid) return { reserved: 0, believable: 0 };
  const { contextTokens, overheadTokens, mediaTokensMax } = model;
  const bytes = object.bytes.length;
  const batch = batchOf(object, endpoint);
  if (batch.texts <= 1) {
    const bound = bytes + batch.repeatedBytes - media.bytes + media.count * mediaTokensMax + overheadTokens;
    return { reserved: Math.min(bound, contextTokens), believable: contextTokens + overheadTokens };
  }
  // Each text of a batch has a context of its own.
  const bound = bytes + batch.repeatedBytes + batch.texts * overheadTokens;
  return { reserved: bound, believable: bound };
}

/** How many texts are read, and the bytes of a text that is read again beside each other one: a query beside each document. */
function batchOf(object: ScannedObject, { texts }: Endpoint): { readonly texts: number; readonly repeatedBytes: number } {
  if (texts.length === 0) return oneText;
  const counts = texts.map((name) => countTexts(object, name));
  const most = Math.max(1, ...counts);
  let repeatedBytes = 0;
  texts.forEach((name, i) => {
    const field = counts[i] === 1 && texts.length > 1 ? findValue(object, name) : undefined;
    if (field) repeatedBytes += (field.valueEnd - field.valueStart) * (most - 1);
  });
  return { texts: most, repeatedBytes };
}

const oneText = { texts: 1, repeatedBytes: 0 } as const;
