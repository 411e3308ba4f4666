import { createSecretKey } from 'node:crypto';
import { createRecordKey, openRecord, parseRecord, sealRecord } from '@tacet/sealed-record';
import { openWithNoble, sealWithNoble } from '@tacet/sealed-record/noble';
import { attempt } from './attempt.ts';
import type { RecordCase } from './vector-file.ts';

/** Seals and opens one case with both implementations; what does not hold, in words. */
export function checkRecordCase(entry: RecordCase): readonly string[] {
  const { dek, dekVersion, suite, epoch, epochSecret, padded, plaintext, record, nonce } = entry;
  const isEphemeral = epoch !== undefined && epochSecret !== undefined;
  const fits = isEphemeral === (suite === 0x11) && (epoch === undefined) === (epochSecret === undefined);
  if (!fits) return ['suite 17 needs epoch and epochSecret, suite 1 has neither'];
  const secret = isEphemeral ? { epoch, secret: epochSecret } : undefined;
  const key = createRecordKey(createSecretKey(dek), dekVersion, secret && { epoch: secret.epoch, secret: createSecretKey(secret.secret) });
  const plainKey = { dek, dekVersion, ephemeral: secret };
  const { account, conversation, message, field, schema } = entry.context;
  const context = { accountId: account, conversationId: conversation, messageId: message, field, schema };
  return [
    ...attempt('seal', record, () => sealRecord(key, context, plaintext, () => nonce, padded)),
    ...attempt('seal (noble)', record, () => sealWithNoble(plainKey, context, plaintext, nonce, padded)),
    ...attempt('open', plaintext, () => openRecord(key, context, parseRecord(record))),
    ...attempt('open (noble)', plaintext, () => openWithNoble(plainKey, context, record)),
  ];
}
