// Original file: proto/tacet/directory/v1/account_admin.proto

import type { Limits as _tacet_directory_v1_Limits, Limits__Output as _tacet_directory_v1_Limits__Output } from '../../../tacet/directory/v1/Limits.ts';
import type { Long } from '@grpc/proto-loader';

export interface Key {
  'keyId'?: (Buffer | Uint8Array | string);
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * The 8 characters after tct_live_, by which people tell keys apart.
   */
  'publicId'?: (string);
  'name'?: (string);
  'noLog'?: (boolean);
  'models'?: (string)[];
  'limits'?: (_tacet_directory_v1_Limits | null);
  /**
   * 0 = never, not revoked.
   */
  'expiresAtMs'?: (number | string | Long);
  'revokedAtMs'?: (number | string | Long);
}

export interface Key__Output {
  'keyId': (Buffer);
  'accountId': (Buffer);
  /**
   * The 8 characters after tct_live_, by which people tell keys apart.
   */
  'publicId': (string);
  'name': (string);
  'noLog': (boolean);
  'models': (string)[];
  'limits': (_tacet_directory_v1_Limits__Output | null);
  /**
   * 0 = never, not revoked.
   */
  'expiresAtMs': (string);
  'revokedAtMs': (string);
}
