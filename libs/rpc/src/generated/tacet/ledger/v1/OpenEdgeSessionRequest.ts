// Original file: proto/tacet/ledger/v1/ledger.proto

import type { PartitionSeq as _tacet_usage_v1_PartitionSeq, PartitionSeq__Output as _tacet_usage_v1_PartitionSeq__Output } from '../../../tacet/usage/v1/PartitionSeq.ts';

export interface OpenEdgeSessionRequest {
  /**
   * 16 bytes, made with the spool directory.
   */
  'edgeId'?: (Buffer | Uint8Array | string);
  /**
   * Raised and synced at each start of the edge; at least 1.
   */
  'epoch'?: (number);
  /**
   * The last seq of each partition that was written before this epoch.
   */
  'base'?: (_tacet_usage_v1_PartitionSeq)[];
}

export interface OpenEdgeSessionRequest__Output {
  /**
   * 16 bytes, made with the spool directory.
   */
  'edgeId': (Buffer);
  /**
   * Raised and synced at each start of the edge; at least 1.
   */
  'epoch': (number);
  /**
   * The last seq of each partition that was written before this epoch.
   */
  'base': (_tacet_usage_v1_PartitionSeq__Output)[];
}
