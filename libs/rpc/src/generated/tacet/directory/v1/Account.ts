// Original file: proto/tacet/directory/v1/account_admin.proto


export interface Account {
  'accountId'?: (Buffer | Uint8Array | string);
  'email'?: (string);
  'emailVerified'?: (boolean);
  /**
   * opening, active, suspended, deleting.
   */
  'status'?: (string);
  /**
   * YYYY-MM-DD.
   */
  'createdOn'?: (string);
}

export interface Account__Output {
  'accountId': (Buffer);
  'email': (string);
  'emailVerified': (boolean);
  /**
   * opening, active, suspended, deleting.
   */
  'status': (string);
  /**
   * YYYY-MM-DD.
   */
  'createdOn': (string);
}
