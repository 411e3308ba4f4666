// Original file: proto/tacet/ledger/v1/ledger.proto

import type { PartitionSeq as _tacet_usage_v1_PartitionSeq, PartitionSeq__Output as _tacet_usage_v1_PartitionSeq__Output } from '../../../tacet/usage/v1/PartitionSeq.ts';
import type { LeaseTarget as _tacet_ledger_v1_LeaseTarget, LeaseTarget__Output as _tacet_ledger_v1_LeaseTarget__Output } from '../../../tacet/ledger/v1/LeaseTarget.ts';
import type { Long } from '@grpc/proto-loader';

export interface HeartbeatRequest {
  'edgeId'?: (Buffer | Uint8Array | string);
  'epoch'?: (number);
  /**
   * Rises by one with every heartbeat of the epoch.
   */
  'number'?: (number | string | Long);
  'base'?: (_tacet_usage_v1_PartitionSeq)[];
  /**
   * Each is the newest SetLease of that lease, repeated.
   */
  'leases'?: (_tacet_ledger_v1_LeaseTarget)[];
  /**
   * What the edge has of the catalogue and of the accounts' states.
   */
  'catalogRevision'?: (number | string | Long);
  'stateRevision'?: (number | string | Long);
}

export interface HeartbeatRequest__Output {
  'edgeId': (Buffer);
  'epoch': (number);
  /**
   * Rises by one with every heartbeat of the epoch.
   */
  'number': (string);
  'base': (_tacet_usage_v1_PartitionSeq__Output)[];
  /**
   * Each is the newest SetLease of that lease, repeated.
   */
  'leases': (_tacet_ledger_v1_LeaseTarget__Output)[];
  /**
   * What the edge has of the catalogue and of the accounts' states.
   */
  'catalogRevision': (string);
  'stateRevision': (string);
}
