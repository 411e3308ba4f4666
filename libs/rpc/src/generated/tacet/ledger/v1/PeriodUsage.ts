// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface PeriodUsage {
  /**
   * A day (YYYY-MM-DD), or for no-log keys a month (YYYY-MM).
   */
  'period'?: (string);
  'keyId'?: (Buffer | Uint8Array | string);
  'modelId'?: (string);
  'priceVersion'?: (number);
  'inputTokens'?: (number | string | Long);
  'cachedTokens'?: (number | string | Long);
  'outputTokens'?: (number | string | Long);
  'chargedNano'?: (number | string | Long);
  'noLog'?: (boolean);
  'closed'?: (boolean);
}

export interface PeriodUsage__Output {
  /**
   * A day (YYYY-MM-DD), or for no-log keys a month (YYYY-MM).
   */
  'period': (string);
  'keyId': (Buffer);
  'modelId': (string);
  'priceVersion': (number);
  'inputTokens': (string);
  'cachedTokens': (string);
  'outputTokens': (string);
  'chargedNano': (string);
  'noLog': (boolean);
  'closed': (boolean);
}
