// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateCheckoutResponse {
  'url'?: (string);
  /**
   * The Checkout Session: the reference of the transfer to come.
   */
  'sessionId'?: (string);
  'expiresAtMs'?: (number | string | Long);
}

export interface CreateCheckoutResponse__Output {
  'url': (string);
  /**
   * The Checkout Session: the reference of the transfer to come.
   */
  'sessionId': (string);
  'expiresAtMs': (string);
}
