// Original file: proto/tacet/ledger/v1/ledger.proto

import type { NoLogTotal as _tacet_usage_v1_NoLogTotal, NoLogTotal__Output as _tacet_usage_v1_NoLogTotal__Output } from '../../../tacet/usage/v1/NoLogTotal.ts';

export interface AppendUsageRequest {
  'edgeId'?: (Buffer | Uint8Array | string);
  /**
   * The epoch that the totals belong to (an older one when it is closed after
   * a restart).
   */
  'epoch'?: (number);
  /**
   * 128-byte count records in order, at most 4,096.
   */
  'records'?: (Buffer | Uint8Array | string)[];
  'totals'?: (_tacet_usage_v1_NoLogTotal)[];
  /**
   * These totals are the last of their epoch: fold it, refuse it for ever.
   */
  'final'?: (boolean);
}

export interface AppendUsageRequest__Output {
  'edgeId': (Buffer);
  /**
   * The epoch that the totals belong to (an older one when it is closed after
   * a restart).
   */
  'epoch': (number);
  /**
   * 128-byte count records in order, at most 4,096.
   */
  'records': (Buffer)[];
  'totals': (_tacet_usage_v1_NoLogTotal__Output)[];
  /**
   * These totals are the last of their epoch: fold it, refuse it for ever.
   */
  'final': (boolean);
}
