// Original file: proto/tacet/ledger/v1/ledger.proto


export interface ListDeadLettersRequest {
}

export interface ListDeadLettersRequest__Output {
}
