// Original file: proto/tacet/ledger/v1/ledger.proto

import type { ModelPrices as _tacet_ledger_v1_ModelPrices, ModelPrices__Output as _tacet_ledger_v1_ModelPrices__Output } from '../../../tacet/ledger/v1/ModelPrices.ts';

export interface ApplyPricesRequest {
  'models'?: (_tacet_ledger_v1_ModelPrices)[];
}

export interface ApplyPricesRequest__Output {
  'models': (_tacet_ledger_v1_ModelPrices__Output)[];
}
