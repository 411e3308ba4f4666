// Original file: proto/tacet/keys/v1/keys.proto


export interface ShredAccountRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface ShredAccountRequest__Output {
  'accountId': (Buffer);
}
