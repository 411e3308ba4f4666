// Original file: proto/tacet/ledger/v1/ledger.proto

import type { LeaseGrant as _tacet_ledger_v1_LeaseGrant, LeaseGrant__Output as _tacet_ledger_v1_LeaseGrant__Output } from '../../../tacet/ledger/v1/LeaseGrant.ts';
import type { Refusal as _tacet_ledger_v1_Refusal, Refusal__Output as _tacet_ledger_v1_Refusal__Output } from '../../../tacet/ledger/v1/Refusal.ts';
import type { Long } from '@grpc/proto-loader';

export interface SetLeaseResponse {
  'grant'?: (_tacet_ledger_v1_LeaseGrant | null);
  /**
   * What the grant was measured against, after this call.
   */
  'postedNano'?: (number | string | Long);
  'heldNano'?: (number | string | Long);
  'overdraftNano'?: (number | string | Long);
  'refusal'?: (_tacet_ledger_v1_Refusal);
}

export interface SetLeaseResponse__Output {
  'grant': (_tacet_ledger_v1_LeaseGrant__Output | null);
  /**
   * What the grant was measured against, after this call.
   */
  'postedNano': (string);
  'heldNano': (string);
  'overdraftNano': (string);
  'refusal': (_tacet_ledger_v1_Refusal__Output);
}
