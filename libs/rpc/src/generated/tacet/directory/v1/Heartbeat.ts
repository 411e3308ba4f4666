// Original file: proto/tacet/directory/v1/directory.proto


export interface Heartbeat {
}

export interface Heartbeat__Output {
}
