import { createDecipheriv, createSecretKey } from 'node:crypto';
import { createRecordKey, openRecord, parseRecord, RecordRefusedError, sealRecord } from '@tacet/sealed-record';
import type { Salamander } from './vector-file.ts';

/** That a raw AEAD opens it under both keys, and that as a record it opens under neither. What does not hold, in words. */
export function checkSalamander({ nonce, key1, key2, ciphertextAndTag }: Salamander): readonly string[] {
  const context = { accountId: Buffer.alloc(16, 1), conversationId: Buffer.alloc(16, 2), messageId: Buffer.alloc(16, 3), field: 1, schema: 1 };
  const keys = [key1, key2].map((bytes) => createRecordKey(createSecretKey(bytes), 1));
  const checkRaw = (key: Buffer, i: number) => (rawAeadOpens(key, nonce, ciphertextAndTag) ? [] : [`key ${i + 1} does not open it as a raw AEAD`]);
  const problems = [key1, key2].flatMap(checkRaw);
  for (const [i, committedTo] of keys.entries()) {
    const header = sealRecord(committedTo, context, Buffer.alloc(0), () => nonce, false).subarray(0, 52);
    const record = parseRecord(Buffer.concat([header, ciphertextAndTag]));
    for (const [j, key] of keys.entries()) {
      try {
        openRecord(key, context, record);
        problems.push(`as a record committed to key ${i + 1} it opens under key ${j + 1}`);
      } catch (error) {
        if (!(error instanceof RecordRefusedError)) throw error;
      }
    }
  }
  return problems;
}

function rawAeadOpens(key: Buffer, nonce: Buffer, sealed: Buffer): boolean {
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 }).setAuthTag(sealed.subarray(-16));
  decipher.update(sealed.subarray(0, -16));
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}
