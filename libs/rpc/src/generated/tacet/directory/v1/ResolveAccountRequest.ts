// Original file: proto/tacet/directory/v1/directory.proto


export interface ResolveAccountRequest {
  /**
   * 16 bytes.
   */
  'accountId'?: (Buffer | Uint8Array | string);
}

export interface ResolveAccountRequest__Output {
  /**
   * 16 bytes.
   */
  'accountId': (Buffer);
}
