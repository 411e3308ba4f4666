// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface ListStatementRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Half-open range of times of booking; 0 = no bound.
   */
  'fromMs'?: (number | string | Long);
  'toMs'?: (number | string | Long);
}

export interface ListStatementRequest__Output {
  'accountId': (Buffer);
  /**
   * Half-open range of times of booking; 0 = no bound.
   */
  'fromMs': (string);
  'toMs': (string);
}
