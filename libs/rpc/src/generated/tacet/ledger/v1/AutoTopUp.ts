// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * When less than `below` is posted, `amount` is charged to the saved card; in a
 * UTC month no more than `month_max`. Whole cents.
 */
export interface AutoTopUp {
  'belowNano'?: (number | string | Long);
  'amountNano'?: (number | string | Long);
  'monthMaxNano'?: (number | string | Long);
  /**
   * Answers only: the last charge was declined, none is tried until it is set
   * again.
   */
  'declined'?: (boolean);
  /**
   * Answers only: charged, or being charged, this month.
   */
  'monthNano'?: (number | string | Long);
}

/**
 * When less than `below` is posted, `amount` is charged to the saved card; in a
 * UTC month no more than `month_max`. Whole cents.
 */
export interface AutoTopUp__Output {
  'belowNano': (string);
  'amountNano': (string);
  'monthMaxNano': (string);
  /**
   * Answers only: the last charge was declined, none is tried until it is set
   * again.
   */
  'declined': (boolean);
  /**
   * Answers only: charged, or being charged, this month.
   */
  'monthNano': (string);
}
