// Original file: proto/tacet/keys/v1/keys.proto


export interface SetAccountKekRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * A name of providers.yaml that is open to accounts; empty: the deployment's
   * own KEK.
   */
  'providerName'?: (string);
  /**
   * A Transit key's name, or a KMS key's ARN or alias. Never an address.
   */
  'key'?: (string);
}

export interface SetAccountKekRequest__Output {
  'accountId': (Buffer);
  /**
   * A name of providers.yaml that is open to accounts; empty: the deployment's
   * own KEK.
   */
  'providerName': (string);
  /**
   * A Transit key's name, or a KMS key's ARN or alias. Never an address.
   */
  'key': (string);
}
