// Original file: proto/tacet/ledger/v1/ledger.proto


export interface GetGenerationRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  'requestId'?: (Buffer | Uint8Array | string);
}

export interface GetGenerationRequest__Output {
  'accountId': (Buffer);
  'requestId': (Buffer);
}
