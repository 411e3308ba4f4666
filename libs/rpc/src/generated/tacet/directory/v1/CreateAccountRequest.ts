// Original file: proto/tacet/directory/v1/account_admin.proto


export interface CreateAccountRequest {
  /**
   * Empty: an account without address, which only keys can use.
   */
  'email'?: (string);
  /**
   * Empty: nobody can sign in. Else at least 12 characters.
   */
  'password'?: (string);
}

export interface CreateAccountRequest__Output {
  /**
   * Empty: an account without address, which only keys can use.
   */
  'email': (string);
  /**
   * Empty: nobody can sign in. Else at least 12 characters.
   */
  'password': (string);
}
