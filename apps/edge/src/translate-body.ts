import { JsonError, toChatRequest, type FieldValue, type ScannedObject } from '@tacet/inference';
import { fromJsonError } from './from-json-error.ts';
import { identifiesPerson } from './refused-fields.ts';
import type { WorkerKind } from './workers/worker-kind.ts';

/**
 * A body of `/v1/messages` as a chat completion, for a worker that speaks only that. `set`: fields
 * that win. Throws `TacetError` where chat has no word for something.
 */
export function translateBody(object: ScannedObject, set: readonly FieldValue[], { limitField, thinking }: WorkerKind): Buffer {
  const given = JSON.parse(object.bytes.toString('utf8')) as Record<string, unknown>;
  for (const name of Object.keys(given)) if (identifiesPerson(name)) delete given[name];
  let chat: Record<string, unknown>;
  try {
    chat = toChatRequest(given, thinking);
  } catch (error) {
    throw error instanceof JsonError ? fromJsonError(error) : error;
  }
  for (const { name, json } of set) chat[name] = JSON.parse(json);
  const { max_tokens: limit, ...rest } = chat;
  return Buffer.from(JSON.stringify(limit === undefined ? rest : { ...rest, [limitField]: limit }));
}
