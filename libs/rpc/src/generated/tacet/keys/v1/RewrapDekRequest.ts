// Original file: proto/tacet/keys/v1/keys.proto


export interface RewrapDekRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface RewrapDekRequest__Output {
  'accountId': (Buffer);
}
