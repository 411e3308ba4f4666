// Original file: proto/tacet/ledger/v1/ledger.proto

import type { InvariantResult as _tacet_ledger_v1_InvariantResult, InvariantResult__Output as _tacet_ledger_v1_InvariantResult__Output } from '../../../tacet/ledger/v1/InvariantResult.ts';

export interface CheckLedgerResponse {
  'invariants'?: (_tacet_ledger_v1_InvariantResult)[];
}

export interface CheckLedgerResponse__Output {
  'invariants': (_tacet_ledger_v1_InvariantResult__Output)[];
}
