import { TacetError } from '@tacet/errors';
import type { RecordContext__Output } from '@tacet/rpc/types/keys/v1/RecordContext';
import type { RecordContext } from '@tacet/sealed-record';

/** What a record can be: the numbers are bound into it. */
export const recordField = { message: 1, title: 2, seed: 3, export: 4 } as const;

/** How its plaintext is to be read. */
export const recordSchema = { json: 1 } as const;

const fields: ReadonlySet<number> = new Set(Object.values(recordField));
const schemas: ReadonlySet<number> = new Set(Object.values(recordSchema));
const idBytes = 16;

/** Where a record of the call's account belongs. Throws `field_invalid`, with the name of what is wrong. */
export function readRecordContext(accountId: Buffer, context: RecordContext__Output | null): RecordContext {
  if (!context) throw invalid('context');
  const { conversationId, messageId, field, schema } = context;
  if (conversationId.length !== idBytes) throw invalid('context.conversation_id');
  if (messageId.length !== idBytes) throw invalid('context.message_id');
  if (!fields.has(field)) throw invalid('context.field');
  if (!schemas.has(schema)) throw invalid('context.schema');
  return { accountId, conversationId, messageId, field, schema };
}

function invalid(name: string): TacetError {
  return new TacetError('field_invalid', { param: `records.${name}` });
}
