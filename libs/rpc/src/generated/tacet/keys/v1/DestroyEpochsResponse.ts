// Original file: proto/tacet/keys/v1/keys.proto


export interface DestroyEpochsResponse {
  'destroyed'?: (number);
  'alive'?: (number);
}

export interface DestroyEpochsResponse__Output {
  'destroyed': (number);
  'alive': (number);
}
