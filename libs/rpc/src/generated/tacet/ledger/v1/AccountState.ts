// Original file: proto/tacet/ledger/v1/ledger.proto


/**
 * Whether an account may spend.
 */
export interface AccountState {
  'accountId'?: (Buffer | Uint8Array | string);
  'suspended'?: (boolean);
}

/**
 * Whether an account may spend.
 */
export interface AccountState__Output {
  'accountId': (Buffer);
  'suspended': (boolean);
}
