// Original file: proto/tacet/usage/v1/usage.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Token totals of no-log requests, cumulative over one epoch of an edge. There
 * is no request id, no time and no count of requests in it.
 */
export interface NoLogTotal {
  /**
   * 16 bytes.
   */
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * 16 bytes; empty unless the key has a spend limit.
   */
  'keyId'?: (Buffer | Uint8Array | string);
  /**
   * The price version that all of these tokens were admitted under.
   */
  'priceVersion'?: (number);
  /**
   * Raised with every change of the totals; the newest version wins.
   */
  'version'?: (number | string | Long);
  /**
   * Prompt tokens that were not read from a cache.
   */
  'inputTokens'?: (number | string | Long);
  /**
   * Prompt tokens read from a cache.
   */
  'cachedTokens'?: (number | string | Long);
  /**
   * Generated tokens, reasoning included.
   */
  'outputTokens'?: (number | string | Long);
}

/**
 * Token totals of no-log requests, cumulative over one epoch of an edge. There
 * is no request id, no time and no count of requests in it.
 */
export interface NoLogTotal__Output {
  /**
   * 16 bytes.
   */
  'accountId': (Buffer);
  /**
   * 16 bytes; empty unless the key has a spend limit.
   */
  'keyId': (Buffer);
  /**
   * The price version that all of these tokens were admitted under.
   */
  'priceVersion': (number);
  /**
   * Raised with every change of the totals; the newest version wins.
   */
  'version': (string);
  /**
   * Prompt tokens that were not read from a cache.
   */
  'inputTokens': (string);
  /**
   * Prompt tokens read from a cache.
   */
  'cachedTokens': (string);
  /**
   * Generated tokens, reasoning included.
   */
  'outputTokens': (string);
}
