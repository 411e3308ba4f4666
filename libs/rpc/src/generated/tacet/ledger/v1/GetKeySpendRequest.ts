// Original file: proto/tacet/ledger/v1/ledger.proto


export interface GetKeySpendRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Empty: the account alone.
   */
  'keyId'?: (Buffer | Uint8Array | string);
}

export interface GetKeySpendRequest__Output {
  'accountId': (Buffer);
  /**
   * Empty: the account alone.
   */
  'keyId': (Buffer);
}
