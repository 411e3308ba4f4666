// Original file: proto/tacet/directory/v1/directory.proto


export interface Reset {
}

export interface Reset__Output {
}
