// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Model as _tacet_ledger_v1_Model, Model__Output as _tacet_ledger_v1_Model__Output } from '../../../tacet/ledger/v1/Model.ts';
import type { Long } from '@grpc/proto-loader';

export interface ModelPrices {
  /**
   * price_version is ignored.
   */
  'model'?: (_tacet_ledger_v1_Model | null);
  'inputPico'?: (number | string | Long);
  'cachedPico'?: (number | string | Long);
  'outputPico'?: (number | string | Long);
}

export interface ModelPrices__Output {
  /**
   * price_version is ignored.
   */
  'model': (_tacet_ledger_v1_Model__Output | null);
  'inputPico': (string);
  'cachedPico': (string);
  'outputPico': (string);
}
