// Original file: proto/tacet/keys/v1/keys.proto

import type { Long } from '@grpc/proto-loader';

export interface ShredAccountResponse {
  'deks'?: (number);
  /**
   * After this time no replica can hold a cached DEK of the account.
   */
  'unreadableAfterMs'?: (number | string | Long);
  /**
   * After this date no backup of the keystore holds one.
   */
  'backupsEndMs'?: (number | string | Long);
}

export interface ShredAccountResponse__Output {
  'deks': (number);
  /**
   * After this time no replica can hold a cached DEK of the account.
   */
  'unreadableAfterMs': (string);
  /**
   * After this date no backup of the keystore holds one.
   */
  'backupsEndMs': (string);
}
