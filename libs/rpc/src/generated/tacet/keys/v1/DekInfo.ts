// Original file: proto/tacet/keys/v1/keys.proto


export interface DekInfo {
  'accountId'?: (Buffer | Uint8Array | string);
  'dekVersion'?: (number);
  'kekId'?: (string);
  'kekVersion'?: (number);
}

export interface DekInfo__Output {
  'accountId': (Buffer);
  'dekVersion': (number);
  'kekId': (string);
  'kekVersion': (number);
}
