// Original file: proto/tacet/keys/v1/keys.proto


export interface CreateDekRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface CreateDekRequest__Output {
  'accountId': (Buffer);
}
