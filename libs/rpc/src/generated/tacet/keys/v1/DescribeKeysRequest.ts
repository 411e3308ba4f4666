// Original file: proto/tacet/keys/v1/keys.proto


export interface DescribeKeysRequest {
}

export interface DescribeKeysRequest__Output {
}
