// Original file: proto/tacet/directory/v1/account_admin.proto


export interface SuspendAccountRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  'suspended'?: (boolean);
}

export interface SuspendAccountRequest__Output {
  'accountId': (Buffer);
  'suspended': (boolean);
}
