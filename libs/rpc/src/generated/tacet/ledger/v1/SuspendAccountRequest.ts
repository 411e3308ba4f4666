// Original file: proto/tacet/ledger/v1/ledger.proto


export interface SuspendAccountRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  'suspended'?: (boolean);
}

export interface SuspendAccountRequest__Output {
  'accountId': (Buffer);
  'suspended': (boolean);
}
