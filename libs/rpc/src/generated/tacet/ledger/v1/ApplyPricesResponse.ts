// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Model as _tacet_ledger_v1_Model, Model__Output as _tacet_ledger_v1_Model__Output } from '../../../tacet/ledger/v1/Model.ts';
import type { Price as _tacet_ledger_v1_Price, Price__Output as _tacet_ledger_v1_Price__Output } from '../../../tacet/ledger/v1/Price.ts';

export interface ApplyPricesResponse {
  /**
   * The catalogue after the call.
   */
  'models'?: (_tacet_ledger_v1_Model)[];
  'prices'?: (_tacet_ledger_v1_Price)[];
  /**
   * How many price versions the call added.
   */
  'added'?: (number);
}

export interface ApplyPricesResponse__Output {
  /**
   * The catalogue after the call.
   */
  'models': (_tacet_ledger_v1_Model__Output)[];
  'prices': (_tacet_ledger_v1_Price__Output)[];
  /**
   * How many price versions the call added.
   */
  'added': (number);
}
