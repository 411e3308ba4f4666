// Original file: proto/tacet/keys/v1/keys.proto


export interface AccountKek {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * local, vault-transit, ...
   */
  'provider'?: (string);
  'kekId'?: (string);
  'kekVersion'?: (number);
  /**
   * DEKs that it wraps now.
   */
  'deks'?: (number);
}

export interface AccountKek__Output {
  'accountId': (Buffer);
  /**
   * local, vault-transit, ...
   */
  'provider': (string);
  'kekId': (string);
  'kekVersion': (number);
  /**
   * DEKs that it wraps now.
   */
  'deks': (number);
}
