// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface RefundTopUpResponse {
  /**
   * The refund: the reference of the transfer to come.
   */
  'refundId'?: (string);
  'amountNano'?: (number | string | Long);
}

export interface RefundTopUpResponse__Output {
  /**
   * The refund: the reference of the transfer to come.
   */
  'refundId': (string);
  'amountNano': (string);
}
