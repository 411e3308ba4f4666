// Original file: proto/tacet/ledger/v1/ledger.proto

import type { LeaseTarget as _tacet_ledger_v1_LeaseTarget, LeaseTarget__Output as _tacet_ledger_v1_LeaseTarget__Output } from '../../../tacet/ledger/v1/LeaseTarget.ts';
import type { Long } from '@grpc/proto-loader';

export interface SetLeaseRequest {
  'edgeId'?: (Buffer | Uint8Array | string);
  'epoch'?: (number);
  'target'?: (_tacet_ledger_v1_LeaseTarget | null);
  /**
   * Only with lease.key_id: the key's spend limits, so that billing can hold
   * the key to them. 0 = no limit of that kind.
   */
  'keyLimitDayNano'?: (number | string | Long);
  'keyLimitMonthNano'?: (number | string | Long);
  'keyLimitTotalNano'?: (number | string | Long);
}

export interface SetLeaseRequest__Output {
  'edgeId': (Buffer);
  'epoch': (number);
  'target': (_tacet_ledger_v1_LeaseTarget__Output | null);
  /**
   * Only with lease.key_id: the key's spend limits, so that billing can hold
   * the key to them. 0 = no limit of that kind.
   */
  'keyLimitDayNano': (string);
  'keyLimitMonthNano': (string);
  'keyLimitTotalNano': (string);
}
