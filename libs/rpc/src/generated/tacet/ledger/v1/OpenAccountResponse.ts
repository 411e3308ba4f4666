// Original file: proto/tacet/ledger/v1/ledger.proto


export interface OpenAccountResponse {
}

export interface OpenAccountResponse__Output {
}
