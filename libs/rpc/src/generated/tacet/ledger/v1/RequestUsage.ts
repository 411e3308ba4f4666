// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface RequestUsage {
  'requestId'?: (Buffer | Uint8Array | string);
  'keyId'?: (Buffer | Uint8Array | string);
  'modelId'?: (string);
  'priceVersion'?: (number);
  'inputTokens'?: (number | string | Long);
  'cachedTokens'?: (number | string | Long);
  'outputTokens'?: (number | string | Long);
  /**
   * What the customer paid, and what the count would have cost.
   */
  'chargedNano'?: (number | string | Long);
  'chargeNano'?: (number | string | Long);
  /**
   * ok, length, aborted, failed, cut, edge_crash (libs/usage).
   */
  'status'?: (string);
  /**
   * exact or counted.
   */
  'usageSource'?: (string);
  'route'?: (string);
  'ttftMs'?: (number | string | Long);
  'latencyMs'?: (number | string | Long);
  'finishedAtMs'?: (number | string | Long);
  /**
   * False while only checkpoints have arrived.
   */
  'final'?: (boolean);
}

export interface RequestUsage__Output {
  'requestId': (Buffer);
  'keyId': (Buffer);
  'modelId': (string);
  'priceVersion': (number);
  'inputTokens': (string);
  'cachedTokens': (string);
  'outputTokens': (string);
  /**
   * What the customer paid, and what the count would have cost.
   */
  'chargedNano': (string);
  'chargeNano': (string);
  /**
   * ok, length, aborted, failed, cut, edge_crash (libs/usage).
   */
  'status': (string);
  /**
   * exact or counted.
   */
  'usageSource': (string);
  'route': (string);
  'ttftMs': (string);
  'latencyMs': (string);
  'finishedAtMs': (string);
  /**
   * False while only checkpoints have arrived.
   */
  'final': (boolean);
}
