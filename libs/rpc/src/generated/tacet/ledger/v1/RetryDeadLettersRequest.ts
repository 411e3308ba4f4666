// Original file: proto/tacet/ledger/v1/ledger.proto


export interface RetryDeadLettersRequest {
}

export interface RetryDeadLettersRequest__Output {
}
