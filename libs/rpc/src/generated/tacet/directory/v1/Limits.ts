// Original file: proto/tacet/directory/v1/directory.proto

import type { Long } from '@grpc/proto-loader';

/**
 * 0 = no limit of that kind.
 */
export interface Limits {
  'requestsPerMinute'?: (number);
  'tokensPerMinute'?: (number | string | Long);
  'concurrentRequests'?: (number);
  'spendDayNano'?: (number | string | Long);
  'spendMonthNano'?: (number | string | Long);
  'spendTotalNano'?: (number | string | Long);
}

/**
 * 0 = no limit of that kind.
 */
export interface Limits__Output {
  'requestsPerMinute': (number);
  'tokensPerMinute': (string);
  'concurrentRequests': (number);
  'spendDayNano': (string);
  'spendMonthNano': (string);
  'spendTotalNano': (string);
}
