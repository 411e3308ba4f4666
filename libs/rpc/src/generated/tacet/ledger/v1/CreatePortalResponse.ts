// Original file: proto/tacet/ledger/v1/ledger.proto


export interface CreatePortalResponse {
  'url'?: (string);
}

export interface CreatePortalResponse__Output {
  'url': (string);
}
