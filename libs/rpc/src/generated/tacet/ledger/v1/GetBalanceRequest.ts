// Original file: proto/tacet/ledger/v1/ledger.proto


export interface GetBalanceRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface GetBalanceRequest__Output {
  'accountId': (Buffer);
}
