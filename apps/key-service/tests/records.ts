import { randomBytes } from 'node:crypto';
import type { RpcClient } from '@tacet/rpc';
import type { OpenedRecord__Output } from '@tacet/rpc/types/keys/v1/OpenedRecord';

/** A record's place in a conversation that exists in this test alone. */
export function someContext(field = 1): { conversationId: Buffer; messageId: Buffer; field: number; schema: number } {
  return { conversationId: randomBytes(16), messageId: randomBytes(16), field, schema: 1 };
}

export type SomeContext = ReturnType<typeof someContext>;

/** Seals one text. */
export async function sealOne(seals: RpcClient<'SealService'>, accountId: Buffer, context: SomeContext, text: string, expiresAtMs = 0): Promise<Buffer> {
  const { records } = await seals.Seal({ accountId, records: [{ context, plaintext: Buffer.from(text), expiresAtMs }] });
  if (records.length !== 1 || !records[0]) throw new Error('Seal answered without the record');
  return records[0];
}

/** Opens one record; undefined: refused. */
export async function openOne(seals: RpcClient<'SealService'>, accountId: Buffer, context: SomeContext, record: Buffer): Promise<string | undefined> {
  const { records } = await seals.Open({ accountId, records: [{ context, record }] });
  return textOf(records[0]);
}

export function textOf(opened: OpenedRecord__Output | undefined): string | undefined {
  if (opened?.result === 'plaintext') return opened.plaintext?.toString();
  if (opened?.result === 'refused' && opened.refused === true) return undefined;
  throw new Error('the answer is neither a plaintext nor a refusal');
}

/** A new account with a DEK. */
export async function someAccount(keys: RpcClient<'KeyService'>): Promise<Buffer> {
  const accountId = randomBytes(16);
  await keys.CreateDek({ accountId });
  return accountId;
}
