// Original file: proto/tacet/ledger/v1/ledger.proto

import type { AutoTopUp as _tacet_ledger_v1_AutoTopUp, AutoTopUp__Output as _tacet_ledger_v1_AutoTopUp__Output } from '../../../tacet/ledger/v1/AutoTopUp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Payments {
  /**
   * Stripe is set up here.
   */
  'open'?: (boolean);
  /**
   * Something was bought, so there is a portal.
   */
  'customer'?: (boolean);
  'subscribed'?: (boolean);
  'autoTopUp'?: (_tacet_ledger_v1_AutoTopUp | null);
  /**
   * What loss:chargeback paid in the account's place and is still owed.
   */
  'debtNano'?: (number | string | Long);
}

export interface Payments__Output {
  /**
   * Stripe is set up here.
   */
  'open': (boolean);
  /**
   * Something was bought, so there is a portal.
   */
  'customer': (boolean);
  'subscribed': (boolean);
  'autoTopUp': (_tacet_ledger_v1_AutoTopUp__Output | null);
  /**
   * What loss:chargeback paid in the account's place and is still owed.
   */
  'debtNano': (string);
}
