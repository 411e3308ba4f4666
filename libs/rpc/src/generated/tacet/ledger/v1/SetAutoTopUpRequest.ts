// Original file: proto/tacet/ledger/v1/ledger.proto

import type { AutoTopUp as _tacet_ledger_v1_AutoTopUp, AutoTopUp__Output as _tacet_ledger_v1_AutoTopUp__Output } from '../../../tacet/ledger/v1/AutoTopUp.ts';

export interface SetAutoTopUpRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Absent: off.
   */
  'autoTopUp'?: (_tacet_ledger_v1_AutoTopUp | null);
}

export interface SetAutoTopUpRequest__Output {
  'accountId': (Buffer);
  /**
   * Absent: off.
   */
  'autoTopUp': (_tacet_ledger_v1_AutoTopUp__Output | null);
}
