// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * An intact count record that nobody was charged for.
 */
export interface DeadLetter {
  'deadLetterId'?: (number | string | Long);
  'receivedAtMs'?: (number | string | Long);
  /**
   * unknown_format, unknown_price, request_conflict, refused (docs/money.md).
   */
  'reason'?: (string);
  /**
   * The 128 bytes (libs/usage).
   */
  'record'?: (Buffer | Uint8Array | string);
  /**
   * What can be read of it: the place alone when its form is unknown.
   */
  'edgeId'?: (Buffer | Uint8Array | string);
  'seq'?: (number | string | Long);
  'accountId'?: (Buffer | Uint8Array | string);
  'priceVersion'?: (number);
  'inputTokens'?: (number);
  'cachedTokens'?: (number);
  'outputTokens'?: (number);
}

/**
 * An intact count record that nobody was charged for.
 */
export interface DeadLetter__Output {
  'deadLetterId': (string);
  'receivedAtMs': (string);
  /**
   * unknown_format, unknown_price, request_conflict, refused (docs/money.md).
   */
  'reason': (string);
  /**
   * The 128 bytes (libs/usage).
   */
  'record': (Buffer);
  /**
   * What can be read of it: the place alone when its form is unknown.
   */
  'edgeId': (Buffer);
  'seq': (string);
  'accountId': (Buffer);
  'priceVersion': (number);
  'inputTokens': (number);
  'cachedTokens': (number);
  'outputTokens': (number);
}
