// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface ListUsageRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Half-open range of times; 0 = no bound. Sums are listed when their period
   * touches the range.
   */
  'fromMs'?: (number | string | Long);
  'toMs'?: (number | string | Long);
  /**
   * At most this many requests (0 = all); the sums are always listed.
   */
  'requestsMax'?: (number);
}

export interface ListUsageRequest__Output {
  'accountId': (Buffer);
  /**
   * Half-open range of times; 0 = no bound. Sums are listed when their period
   * touches the range.
   */
  'fromMs': (string);
  'toMs': (string);
  /**
   * At most this many requests (0 = all); the sums are always listed.
   */
  'requestsMax': (number);
}
