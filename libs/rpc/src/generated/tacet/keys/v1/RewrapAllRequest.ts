// Original file: proto/tacet/keys/v1/keys.proto


export interface RewrapAllRequest {
}

export interface RewrapAllRequest__Output {
}
