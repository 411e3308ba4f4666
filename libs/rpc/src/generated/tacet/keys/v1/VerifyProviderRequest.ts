// Original file: proto/tacet/keys/v1/keys.proto


export interface VerifyProviderRequest {
  'providerName'?: (string);
  'key'?: (string);
}

export interface VerifyProviderRequest__Output {
  'providerName': (string);
  'key': (string);
}
