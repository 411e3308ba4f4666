// Original file: proto/tacet/directory/v1/account_admin.proto

import type { Limits as _tacet_directory_v1_Limits, Limits__Output as _tacet_directory_v1_Limits__Output } from '../../../tacet/directory/v1/Limits.ts';

export interface Account {
  'accountId'?: (Buffer | Uint8Array | string);
  'email'?: (string);
  'emailVerified'?: (boolean);
  /**
   * opening, active, suspended, deleting.
   */
  'status'?: (string);
  /**
   * YYYY-MM-DD.
   */
  'createdOn'?: (string);
  /**
   * Of the account as a whole.
   */
  'limits'?: (_tacet_directory_v1_Limits | null);
}

export interface Account__Output {
  'accountId': (Buffer);
  'email': (string);
  'emailVerified': (boolean);
  /**
   * opening, active, suspended, deleting.
   */
  'status': (string);
  /**
   * YYYY-MM-DD.
   */
  'createdOn': (string);
  /**
   * Of the account as a whole.
   */
  'limits': (_tacet_directory_v1_Limits__Output | null);
}
