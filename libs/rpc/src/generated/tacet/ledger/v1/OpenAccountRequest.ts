// Original file: proto/tacet/ledger/v1/ledger.proto


export interface OpenAccountRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface OpenAccountRequest__Output {
  'accountId': (Buffer);
}
