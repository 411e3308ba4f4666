// Original file: proto/tacet/ledger/v1/ledger.proto


export interface CloseAccountResponse {
  'closed'?: (boolean);
  'openLeases'?: (number);
}

export interface CloseAccountResponse__Output {
  'closed': (boolean);
  'openLeases': (number);
}
