// Original file: proto/tacet/ledger/v1/ledger.proto


export interface CreatePortalRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  'returnUrl'?: (string);
}

export interface CreatePortalRequest__Output {
  'accountId': (Buffer);
  'returnUrl': (string);
}
