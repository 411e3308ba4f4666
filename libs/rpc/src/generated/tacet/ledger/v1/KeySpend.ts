// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What was charged is known for 13 months; usage of no-log keys without a
 * spend limit of their own is the account's alone.
 */
export interface KeySpend {
  /**
   * Of the account.
   */
  'postedNano'?: (number | string | Long);
  'availableNano'?: (number | string | Long);
  'usedNano'?: (number | string | Long);
  /**
   * Of the key; 0 without one.
   */
  'keyDayNano'?: (number | string | Long);
  'keyMonthNano'?: (number | string | Long);
  'keyTotalNano'?: (number | string | Long);
}

/**
 * What was charged is known for 13 months; usage of no-log keys without a
 * spend limit of their own is the account's alone.
 */
export interface KeySpend__Output {
  /**
   * Of the account.
   */
  'postedNano': (string);
  'availableNano': (string);
  'usedNano': (string);
  /**
   * Of the key; 0 without one.
   */
  'keyDayNano': (string);
  'keyMonthNano': (string);
  'keyTotalNano': (string);
}
