// Original file: proto/tacet/ledger/v1/ledger.proto

import type { PartitionSeq as _tacet_usage_v1_PartitionSeq, PartitionSeq__Output as _tacet_usage_v1_PartitionSeq__Output } from '../../../tacet/usage/v1/PartitionSeq.ts';
import type { Model as _tacet_ledger_v1_Model, Model__Output as _tacet_ledger_v1_Model__Output } from '../../../tacet/ledger/v1/Model.ts';
import type { Price as _tacet_ledger_v1_Price, Price__Output as _tacet_ledger_v1_Price__Output } from '../../../tacet/ledger/v1/Price.ts';
import type { NoLogVersion as _tacet_usage_v1_NoLogVersion, NoLogVersion__Output as _tacet_usage_v1_NoLogVersion__Output } from '../../../tacet/usage/v1/NoLogVersion.ts';
import type { Long } from '@grpc/proto-loader';

export interface OpenEdgeSessionResponse {
  /**
   * An edge whose own last seq is below this was restored from a snapshot and
   * must not start.
   */
  'applied'?: (_tacet_usage_v1_PartitionSeq)[];
  /**
   * Lifetime of a session since the sending of the last answered heartbeat.
   */
  'sessionMs'?: (number);
  'databaseTimeMs'?: (number | string | Long);
  'models'?: (_tacet_ledger_v1_Model)[];
  /**
   * Every price version ever published.
   */
  'prices'?: (_tacet_ledger_v1_Price)[];
  'catalogRevision'?: (number | string | Long);
  /**
   * All accounts that may not spend now.
   */
  'suspendedAccounts'?: (Buffer | Uint8Array | string)[];
  'stateRevision'?: (number | string | Long);
  /**
   * Older epochs of this edge whose no-log totals are folded for good.
   */
  'foldedEpochs'?: (number)[];
  'nologVersions'?: (_tacet_usage_v1_NoLogVersion)[];
}

export interface OpenEdgeSessionResponse__Output {
  /**
   * An edge whose own last seq is below this was restored from a snapshot and
   * must not start.
   */
  'applied': (_tacet_usage_v1_PartitionSeq__Output)[];
  /**
   * Lifetime of a session since the sending of the last answered heartbeat.
   */
  'sessionMs': (number);
  'databaseTimeMs': (string);
  'models': (_tacet_ledger_v1_Model__Output)[];
  /**
   * Every price version ever published.
   */
  'prices': (_tacet_ledger_v1_Price__Output)[];
  'catalogRevision': (string);
  /**
   * All accounts that may not spend now.
   */
  'suspendedAccounts': (Buffer)[];
  'stateRevision': (string);
  /**
   * Older epochs of this edge whose no-log totals are folded for good.
   */
  'foldedEpochs': (number)[];
  'nologVersions': (_tacet_usage_v1_NoLogVersion__Output)[];
}
