// Original file: proto/tacet/usage/v1/usage.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A position in one of the 12 sequences of an edge.
 */
export interface PartitionSeq {
  /**
   * 0..11 = u32be(SHA-256(account_id)[0:4]) mod 12.
   */
  'partition'?: (number);
  /**
   * Sequence number of the last record meant; 0 = none yet. Contiguous per
   * (edge, partition), never reset.
   */
  'seq'?: (number | string | Long);
}

/**
 * A position in one of the 12 sequences of an edge.
 */
export interface PartitionSeq__Output {
  /**
   * 0..11 = u32be(SHA-256(account_id)[0:4]) mod 12.
   */
  'partition': (number);
  /**
   * Sequence number of the last record meant; 0 = none yet. Contiguous per
   * (edge, partition), never reset.
   */
  'seq': (string);
}
