// Original file: proto/tacet/ledger/v1/ledger.proto


export interface ListTransfersRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface ListTransfersRequest__Output {
  'accountId': (Buffer);
}
