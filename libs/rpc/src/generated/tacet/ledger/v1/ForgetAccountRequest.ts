// Original file: proto/tacet/ledger/v1/ledger.proto


export interface ForgetAccountRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface ForgetAccountRequest__Output {
  'accountId': (Buffer);
}
