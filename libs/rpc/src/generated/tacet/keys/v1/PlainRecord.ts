// Original file: proto/tacet/keys/v1/keys.proto

import type { RecordContext as _tacet_keys_v1_RecordContext, RecordContext__Output as _tacet_keys_v1_RecordContext__Output } from '../../../tacet/keys/v1/RecordContext.ts';
import type { Long } from '@grpc/proto-loader';

export interface PlainRecord {
  'context'?: (_tacet_keys_v1_RecordContext | null);
  'plaintext'?: (Buffer | Uint8Array | string);
  /**
   * 0: durable. Else the conversation's expiry: an ephemeral record, readable
   * until its epoch ends, at most 24 h and 5 min ahead.
   */
  'expiresAtMs'?: (number | string | Long);
}

export interface PlainRecord__Output {
  'context': (_tacet_keys_v1_RecordContext__Output | null);
  'plaintext': (Buffer);
  /**
   * 0: durable. Else the conversation's expiry: an ephemeral record, readable
   * until its epoch ends, at most 24 h and 5 min ahead.
   */
  'expiresAtMs': (string);
}
