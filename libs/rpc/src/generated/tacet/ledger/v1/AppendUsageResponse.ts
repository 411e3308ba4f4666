// Original file: proto/tacet/ledger/v1/ledger.proto

import type { PartitionSeq as _tacet_usage_v1_PartitionSeq, PartitionSeq__Output as _tacet_usage_v1_PartitionSeq__Output } from '../../../tacet/usage/v1/PartitionSeq.ts';
import type { NoLogVersion as _tacet_usage_v1_NoLogVersion, NoLogVersion__Output as _tacet_usage_v1_NoLogVersion__Output } from '../../../tacet/usage/v1/NoLogVersion.ts';

export interface AppendUsageResponse {
  'applied'?: (_tacet_usage_v1_PartitionSeq)[];
  'nologVersions'?: (_tacet_usage_v1_NoLogVersion)[];
  'foldedEpochs'?: (number)[];
}

export interface AppendUsageResponse__Output {
  'applied': (_tacet_usage_v1_PartitionSeq__Output)[];
  'nologVersions': (_tacet_usage_v1_NoLogVersion__Output)[];
  'foldedEpochs': (number)[];
}
