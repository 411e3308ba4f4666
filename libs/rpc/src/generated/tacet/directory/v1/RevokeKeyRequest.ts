// Original file: proto/tacet/directory/v1/account_admin.proto


export interface RevokeKeyRequest {
  /**
   * One of the two.
   */
  'keyId'?: (Buffer | Uint8Array | string);
  'publicId'?: (string);
}

export interface RevokeKeyRequest__Output {
  /**
   * One of the two.
   */
  'keyId': (Buffer);
  'publicId': (string);
}
