// Original file: proto/tacet/keys/v1/keys.proto

import type { OpenedRecord as _tacet_keys_v1_OpenedRecord, OpenedRecord__Output as _tacet_keys_v1_OpenedRecord__Output } from '../../../tacet/keys/v1/OpenedRecord.ts';

export interface OpenResponse {
  /**
   * In the order of the request.
   */
  'records'?: (_tacet_keys_v1_OpenedRecord)[];
}

export interface OpenResponse__Output {
  /**
   * In the order of the request.
   */
  'records': (_tacet_keys_v1_OpenedRecord__Output)[];
}
