// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One invariant of docs/money.md.
 */
export interface InvariantResult {
  'number'?: (number);
  'sentence'?: (string);
  'holds'?: (boolean);
  /**
   * How many rows were looked at, and how many break it.
   */
  'checked'?: (number | string | Long);
  'violations'?: (number | string | Long);
  /**
   * The first violations, ids and amounts only.
   */
  'examples'?: (string)[];
}

/**
 * One invariant of docs/money.md.
 */
export interface InvariantResult__Output {
  'number': (number);
  'sentence': (string);
  'holds': (boolean);
  /**
   * How many rows were looked at, and how many break it.
   */
  'checked': (string);
  'violations': (string);
  /**
   * The first violations, ids and amounts only.
   */
  'examples': (string)[];
}
