// Original file: proto/tacet/ledger/v1/ledger.proto


export interface CloseAccountRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Close although leases are open (after the wait).
   */
  'force'?: (boolean);
}

export interface CloseAccountRequest__Output {
  'accountId': (Buffer);
  /**
   * Close although leases are open (after the wait).
   */
  'force': (boolean);
}
