// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface RefundTopUpRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * The reference of the credit: a Checkout Session, an invoice, a payment
   * intent.
   */
  'reference'?: (string);
  /**
   * Whole cents of what was paid; 0 = all that is left.
   */
  'amountNano'?: (number | string | Long);
  'requestId'?: (Buffer | Uint8Array | string);
}

export interface RefundTopUpRequest__Output {
  'accountId': (Buffer);
  /**
   * The reference of the credit: a Checkout Session, an invoice, a payment
   * intent.
   */
  'reference': (string);
  /**
   * Whole cents of what was paid; 0 = all that is left.
   */
  'amountNano': (string);
  'requestId': (Buffer);
}
