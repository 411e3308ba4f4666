// Original file: proto/tacet/keys/v1/keys.proto

import type { Long } from '@grpc/proto-loader';

export interface KekInfo {
  /**
   * local, vault-transit, aws-kms or pkcs11.
   */
  'provider'?: (string);
  'kekId'?: (string);
  'kekVersion'?: (number);
  /**
   * active (wraps), retired (only unwraps), destroyed.
   */
  'state'?: (string);
  'deks'?: (number | string | Long);
  /**
   * When the last DEK was wrapped away from it; 0 = not yet.
   */
  'rewrappedAtMs'?: (number | string | Long);
  /**
   * When it was made, or taken in.
   */
  'createdAtMs'?: (number | string | Long);
  /**
   * The key of every account that has not chosen another: the one that
   * RotateKek rotates.
   */
  'isDefault'?: (boolean);
  /**
   * usable, disabled (missing, forbidden or unreadable) or unavailable (its
   * provider does not answer). Empty: not asked. DescribeKeys asks for versions
   * of the deployment's own key, and for those of the account it was called for.
   */
  'health'?: (string);
}

export interface KekInfo__Output {
  /**
   * local, vault-transit, aws-kms or pkcs11.
   */
  'provider': (string);
  'kekId': (string);
  'kekVersion': (number);
  /**
   * active (wraps), retired (only unwraps), destroyed.
   */
  'state': (string);
  'deks': (string);
  /**
   * When the last DEK was wrapped away from it; 0 = not yet.
   */
  'rewrappedAtMs': (string);
  /**
   * When it was made, or taken in.
   */
  'createdAtMs': (string);
  /**
   * The key of every account that has not chosen another: the one that
   * RotateKek rotates.
   */
  'isDefault': (boolean);
  /**
   * usable, disabled (missing, forbidden or unreadable) or unavailable (its
   * provider does not answer). Empty: not asked. DescribeKeys asks for versions
   * of the deployment's own key, and for those of the account it was called for.
   */
  'health': (string);
}
