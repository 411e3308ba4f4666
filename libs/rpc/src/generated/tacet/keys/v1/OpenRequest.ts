// Original file: proto/tacet/keys/v1/keys.proto

import type { SealedRecord as _tacet_keys_v1_SealedRecord, SealedRecord__Output as _tacet_keys_v1_SealedRecord__Output } from '../../../tacet/keys/v1/SealedRecord.ts';

export interface OpenRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  'records'?: (_tacet_keys_v1_SealedRecord)[];
}

export interface OpenRequest__Output {
  'accountId': (Buffer);
  'records': (_tacet_keys_v1_SealedRecord__Output)[];
}
