// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One movement of money in the double-entry ledger, seen from the account.
 */
export interface Transfer {
  'transferId'?: (Buffer | Uint8Array | string);
  /**
   * Positive: to the account.
   */
  'amountNano'?: (number | string | Long);
  /**
   * The ledger account on the other side, e.g. "promo", "revenue:usage".
   */
  'counterpart'?: (string);
  /**
   * grant, usage, refund, ... (docs/money.md).
   */
  'kind'?: (string);
  /**
   * What it stands for: a period, a grant id.
   */
  'reference'?: (string);
  'createdAtMs'?: (number | string | Long);
}

/**
 * One movement of money in the double-entry ledger, seen from the account.
 */
export interface Transfer__Output {
  'transferId': (Buffer);
  /**
   * Positive: to the account.
   */
  'amountNano': (string);
  /**
   * The ledger account on the other side, e.g. "promo", "revenue:usage".
   */
  'counterpart': (string);
  /**
   * grant, usage, refund, ... (docs/money.md).
   */
  'kind': (string);
  /**
   * What it stands for: a period, a grant id.
   */
  'reference': (string);
  'createdAtMs': (string);
}
