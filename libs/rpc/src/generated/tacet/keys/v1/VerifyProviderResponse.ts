// Original file: proto/tacet/keys/v1/keys.proto


export interface VerifyProviderResponse {
  'provider'?: (string);
  'kekId'?: (string);
  'kekVersion'?: (number);
}

export interface VerifyProviderResponse__Output {
  'provider': (string);
  'kekId': (string);
  'kekVersion': (number);
}
