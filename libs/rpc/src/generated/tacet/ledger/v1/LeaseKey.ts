// Original file: proto/tacet/ledger/v1/ledger.proto


/**
 * Names a lease: (edge, epoch) of the call, and this.
 */
export interface LeaseKey {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * Empty unless the key has a spend limit.
   */
  'keyId'?: (Buffer | Uint8Array | string);
}

/**
 * Names a lease: (edge, epoch) of the call, and this.
 */
export interface LeaseKey__Output {
  'accountId': (Buffer);
  /**
   * Empty unless the key has a spend limit.
   */
  'keyId': (Buffer);
}
