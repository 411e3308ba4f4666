// Original file: proto/tacet/keys/v1/keys.proto


export interface RotateDekRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface RotateDekRequest__Output {
  'accountId': (Buffer);
}
