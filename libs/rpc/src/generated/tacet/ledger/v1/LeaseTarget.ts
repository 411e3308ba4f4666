// Original file: proto/tacet/ledger/v1/ledger.proto

import type { LeaseKey as _tacet_ledger_v1_LeaseKey, LeaseKey__Output as _tacet_ledger_v1_LeaseKey__Output } from '../../../tacet/ledger/v1/LeaseKey.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What an edge wants: the lease's whole cumulative grant of this epoch.
 */
export interface LeaseTarget {
  'lease'?: (_tacet_ledger_v1_LeaseKey | null);
  /**
   * From one counter per epoch; the newer wins.
   */
  'version'?: (number | string | Long);
  'targetGrantedNano'?: (number | string | Long);
}

/**
 * What an edge wants: the lease's whole cumulative grant of this epoch.
 */
export interface LeaseTarget__Output {
  'lease': (_tacet_ledger_v1_LeaseKey__Output | null);
  /**
   * From one counter per epoch; the newer wins.
   */
  'version': (string);
  'targetGrantedNano': (string);
}
