// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface SetOverdraftRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * 0 or more.
   */
  'overdraftNano'?: (number | string | Long);
}

export interface SetOverdraftRequest__Output {
  'accountId': (Buffer);
  /**
   * 0 or more.
   */
  'overdraftNano': (string);
}
