// Original file: proto/tacet/ledger/v1/ledger.proto


export interface CheckLedgerRequest {
}

export interface CheckLedgerRequest__Output {
}
