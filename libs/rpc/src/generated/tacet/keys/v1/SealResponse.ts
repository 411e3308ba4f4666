// Original file: proto/tacet/keys/v1/keys.proto


export interface SealResponse {
  /**
   * In the order of the request.
   */
  'records'?: (Buffer | Uint8Array | string)[];
}

export interface SealResponse__Output {
  /**
   * In the order of the request.
   */
  'records': (Buffer)[];
}
