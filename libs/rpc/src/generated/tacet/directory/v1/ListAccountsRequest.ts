// Original file: proto/tacet/directory/v1/account_admin.proto


export interface ListAccountsRequest {
  /**
   * Empty: from the start; else the last account_id of the page before.
   */
  'after'?: (Buffer | Uint8Array | string);
  /**
   * 1..1,000; 0 = 100.
   */
  'pageSize'?: (number);
  /**
   * Only the account with this address.
   */
  'email'?: (string);
}

export interface ListAccountsRequest__Output {
  /**
   * Empty: from the start; else the last account_id of the page before.
   */
  'after': (Buffer);
  /**
   * 1..1,000; 0 = 100.
   */
  'pageSize': (number);
  /**
   * Only the account with this address.
   */
  'email': (string);
}
