// Original file: proto/tacet/keys/v1/keys.proto

import type { RecordContext as _tacet_keys_v1_RecordContext, RecordContext__Output as _tacet_keys_v1_RecordContext__Output } from '../../../tacet/keys/v1/RecordContext.ts';

export interface SealedRecord {
  'context'?: (_tacet_keys_v1_RecordContext | null);
  'record'?: (Buffer | Uint8Array | string);
}

export interface SealedRecord__Output {
  'context': (_tacet_keys_v1_RecordContext__Output | null);
  'record': (Buffer);
}
