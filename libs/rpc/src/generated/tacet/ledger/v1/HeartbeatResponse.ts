// Original file: proto/tacet/ledger/v1/ledger.proto

import type { PartitionSeq as _tacet_usage_v1_PartitionSeq, PartitionSeq__Output as _tacet_usage_v1_PartitionSeq__Output } from '../../../tacet/usage/v1/PartitionSeq.ts';
import type { LeaseGrant as _tacet_ledger_v1_LeaseGrant, LeaseGrant__Output as _tacet_ledger_v1_LeaseGrant__Output } from '../../../tacet/ledger/v1/LeaseGrant.ts';
import type { LeaseKey as _tacet_ledger_v1_LeaseKey, LeaseKey__Output as _tacet_ledger_v1_LeaseKey__Output } from '../../../tacet/ledger/v1/LeaseKey.ts';
import type { NoLogVersion as _tacet_usage_v1_NoLogVersion, NoLogVersion__Output as _tacet_usage_v1_NoLogVersion__Output } from '../../../tacet/usage/v1/NoLogVersion.ts';
import type { Model as _tacet_ledger_v1_Model, Model__Output as _tacet_ledger_v1_Model__Output } from '../../../tacet/ledger/v1/Model.ts';
import type { Price as _tacet_ledger_v1_Price, Price__Output as _tacet_ledger_v1_Price__Output } from '../../../tacet/ledger/v1/Price.ts';
import type { AccountState as _tacet_ledger_v1_AccountState, AccountState__Output as _tacet_ledger_v1_AccountState__Output } from '../../../tacet/ledger/v1/AccountState.ts';
import type { Long } from '@grpc/proto-loader';

export interface HeartbeatResponse {
  /**
   * The number of the heartbeat that this answers.
   */
  'number'?: (number | string | Long);
  'applied'?: (_tacet_usage_v1_PartitionSeq)[];
  'leases'?: (_tacet_ledger_v1_LeaseGrant)[];
  /**
   * Leases that other edges wait for: give back what is not in use.
   */
  'shrink'?: (_tacet_ledger_v1_LeaseKey)[];
  'nologVersions'?: (_tacet_usage_v1_NoLogVersion)[];
  'foldedEpochs'?: (number)[];
  /**
   * The whole catalogue of models and all prices, when newer than asked.
   */
  'models'?: (_tacet_ledger_v1_Model)[];
  'prices'?: (_tacet_ledger_v1_Price)[];
  'catalogRevision'?: (number | string | Long);
  /**
   * Changes since the state_revision of the request.
   */
  'accountStates'?: (_tacet_ledger_v1_AccountState)[];
  'stateRevision'?: (number | string | Long);
  'databaseTimeMs'?: (number | string | Long);
  /**
   * The state_revision of the request is ahead of the database (a failover
   * forgot changes): account_states then lists every account that may not
   * spend, and all others may.
   */
  'accountStatesComplete'?: (boolean);
}

export interface HeartbeatResponse__Output {
  /**
   * The number of the heartbeat that this answers.
   */
  'number': (string);
  'applied': (_tacet_usage_v1_PartitionSeq__Output)[];
  'leases': (_tacet_ledger_v1_LeaseGrant__Output)[];
  /**
   * Leases that other edges wait for: give back what is not in use.
   */
  'shrink': (_tacet_ledger_v1_LeaseKey__Output)[];
  'nologVersions': (_tacet_usage_v1_NoLogVersion__Output)[];
  'foldedEpochs': (number)[];
  /**
   * The whole catalogue of models and all prices, when newer than asked.
   */
  'models': (_tacet_ledger_v1_Model__Output)[];
  'prices': (_tacet_ledger_v1_Price__Output)[];
  'catalogRevision': (string);
  /**
   * Changes since the state_revision of the request.
   */
  'accountStates': (_tacet_ledger_v1_AccountState__Output)[];
  'stateRevision': (string);
  'databaseTimeMs': (string);
  /**
   * The state_revision of the request is ahead of the database (a failover
   * forgot changes): account_states then lists every account that may not
   * spend, and all others may.
   */
  'accountStatesComplete': (boolean);
}
