// Original file: proto/tacet/directory/v1/account_admin.proto


export interface ListKeysRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Empty: from the start; else the last key_id of the page before.
   */
  'after'?: (Buffer | Uint8Array | string);
  /**
   * 1..1,000; 0 = 100.
   */
  'pageSize'?: (number);
}

export interface ListKeysRequest__Output {
  'accountId': (Buffer);
  /**
   * Empty: from the start; else the last key_id of the page before.
   */
  'after': (Buffer);
  /**
   * 1..1,000; 0 = 100.
   */
  'pageSize': (number);
}
