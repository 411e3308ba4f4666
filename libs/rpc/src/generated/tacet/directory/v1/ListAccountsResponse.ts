// Original file: proto/tacet/directory/v1/account_admin.proto

import type { Account as _tacet_directory_v1_Account, Account__Output as _tacet_directory_v1_Account__Output } from '../../../tacet/directory/v1/Account.ts';

export interface ListAccountsResponse {
  'accounts'?: (_tacet_directory_v1_Account)[];
  /**
   * Empty when this was the last page.
   */
  'next'?: (Buffer | Uint8Array | string);
}

export interface ListAccountsResponse__Output {
  'accounts': (_tacet_directory_v1_Account__Output)[];
  /**
   * Empty when this was the last page.
   */
  'next': (Buffer);
}
