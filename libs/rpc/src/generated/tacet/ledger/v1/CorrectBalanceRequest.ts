// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface CorrectBalanceRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Positive: to the account. Not 0.
   */
  'amountNano'?: (number | string | Long);
  /**
   * 16 bytes; a repeated correction with the same id is the same transfer.
   */
  'correctionId'?: (Buffer | Uint8Array | string);
  /**
   * The ledger account on the other side: revenue:usage, loss:late, loss:bound
   * or promo.
   */
  'counterpart'?: (string);
}

export interface CorrectBalanceRequest__Output {
  'accountId': (Buffer);
  /**
   * Positive: to the account. Not 0.
   */
  'amountNano': (string);
  /**
   * 16 bytes; a repeated correction with the same id is the same transfer.
   */
  'correctionId': (Buffer);
  /**
   * The ledger account on the other side: revenue:usage, loss:late, loss:bound
   * or promo.
   */
  'counterpart': (string);
}
