// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface GrantCreditRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Positive.
   */
  'amountNano'?: (number | string | Long);
  /**
   * 16 bytes; a repeated grant with the same id is the same transfer.
   */
  'grantId'?: (Buffer | Uint8Array | string);
}

export interface GrantCreditRequest__Output {
  'accountId': (Buffer);
  /**
   * Positive.
   */
  'amountNano': (string);
  /**
   * 16 bytes; a repeated grant with the same id is the same transfer.
   */
  'grantId': (Buffer);
}
