// Original file: proto/tacet/directory/v1/directory.proto


export interface ResolveRequest {
  /**
   * SHA-256 of the whole ASCII key, 32 bytes.
   */
  'hash'?: (Buffer | Uint8Array | string);
}

export interface ResolveRequest__Output {
  /**
   * SHA-256 of the whole ASCII key, 32 bytes.
   */
  'hash': (Buffer);
}
