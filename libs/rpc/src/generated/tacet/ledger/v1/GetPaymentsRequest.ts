// Original file: proto/tacet/ledger/v1/ledger.proto


export interface GetPaymentsRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface GetPaymentsRequest__Output {
  'accountId': (Buffer);
}
