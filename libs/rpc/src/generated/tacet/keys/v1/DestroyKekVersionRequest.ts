// Original file: proto/tacet/keys/v1/keys.proto


export interface DestroyKekVersionRequest {
  'kekId'?: (string);
  'kekVersion'?: (number);
  'force'?: (boolean);
}

export interface DestroyKekVersionRequest__Output {
  'kekId': (string);
  'kekVersion': (number);
  'force': (boolean);
}
