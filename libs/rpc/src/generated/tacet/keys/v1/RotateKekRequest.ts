// Original file: proto/tacet/keys/v1/keys.proto


export interface RotateKekRequest {
}

export interface RotateKekRequest__Output {
}
