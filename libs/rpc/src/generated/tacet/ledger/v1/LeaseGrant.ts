// Original file: proto/tacet/ledger/v1/ledger.proto

import type { LeaseKey as _tacet_ledger_v1_LeaseKey, LeaseKey__Output as _tacet_ledger_v1_LeaseKey__Output } from '../../../tacet/ledger/v1/LeaseKey.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What billing granted, and for which version.
 */
export interface LeaseGrant {
  'lease'?: (_tacet_ledger_v1_LeaseKey | null);
  'version'?: (number | string | Long);
  'grantedNano'?: (number | string | Long);
}

/**
 * What billing granted, and for which version.
 */
export interface LeaseGrant__Output {
  'lease': (_tacet_ledger_v1_LeaseKey__Output | null);
  'version': (string);
  'grantedNano': (string);
}
