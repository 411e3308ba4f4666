// Original file: proto/tacet/ledger/v1/ledger.proto

import type { RequestUsage as _tacet_ledger_v1_RequestUsage, RequestUsage__Output as _tacet_ledger_v1_RequestUsage__Output } from '../../../tacet/ledger/v1/RequestUsage.ts';
import type { PeriodUsage as _tacet_ledger_v1_PeriodUsage, PeriodUsage__Output as _tacet_ledger_v1_PeriodUsage__Output } from '../../../tacet/ledger/v1/PeriodUsage.ts';

/**
 * One request, or the sum of a period.
 */
export interface UsageRow {
  'request'?: (_tacet_ledger_v1_RequestUsage | null);
  'period'?: (_tacet_ledger_v1_PeriodUsage | null);
  'row'?: "request"|"period";
}

/**
 * One request, or the sum of a period.
 */
export interface UsageRow__Output {
  'request'?: (_tacet_ledger_v1_RequestUsage__Output | null);
  'period'?: (_tacet_ledger_v1_PeriodUsage__Output | null);
  'row'?: "request"|"period";
}
