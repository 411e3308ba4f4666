// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * An immutable price version, in pico-USD per token (= micro-USD per million
 * tokens).
 */
export interface Price {
  'priceVersion'?: (number);
  'modelId'?: (string);
  'inputPico'?: (number | string | Long);
  'cachedPico'?: (number | string | Long);
  'outputPico'?: (number | string | Long);
  'effectiveAtMs'?: (number | string | Long);
}

/**
 * An immutable price version, in pico-USD per token (= micro-USD per million
 * tokens).
 */
export interface Price__Output {
  'priceVersion': (number);
  'modelId': (string);
  'inputPico': (string);
  'cachedPico': (string);
  'outputPico': (string);
  'effectiveAtMs': (string);
}
