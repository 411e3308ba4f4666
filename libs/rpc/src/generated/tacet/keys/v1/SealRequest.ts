// Original file: proto/tacet/keys/v1/keys.proto

import type { PlainRecord as _tacet_keys_v1_PlainRecord, PlainRecord__Output as _tacet_keys_v1_PlainRecord__Output } from '../../../tacet/keys/v1/PlainRecord.ts';

export interface SealRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  'records'?: (_tacet_keys_v1_PlainRecord)[];
}

export interface SealRequest__Output {
  'accountId': (Buffer);
  'records': (_tacet_keys_v1_PlainRecord__Output)[];
}
