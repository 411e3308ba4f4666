// Original file: proto/tacet/keys/v1/keys.proto


export interface DescribeKeysRequest {
  /**
   * Only what wraps this account's DEKs; empty: everything.
   */
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface DescribeKeysRequest__Output {
  /**
   * Only what wraps this account's DEKs; empty: everything.
   */
  'accountId': (Buffer);
}
