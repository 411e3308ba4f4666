// Original file: proto/tacet/keys/v1/keys.proto


export interface DestroyEpochsRequest {
}

export interface DestroyEpochsRequest__Output {
}
