// Original file: proto/tacet/directory/v1/account_admin.proto


export interface ListKeysRequest {
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface ListKeysRequest__Output {
  'accountId': (Buffer);
}
