// Original file: proto/tacet/directory/v1/account_admin.proto

import type { Limits as _tacet_directory_v1_Limits, Limits__Output as _tacet_directory_v1_Limits__Output } from '../../../tacet/directory/v1/Limits.ts';
import type { Long } from '@grpc/proto-loader';

export interface CreateKeyRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * 1..100 characters.
   */
  'name'?: (string);
  'noLog'?: (boolean);
  'models'?: (string)[];
  'limits'?: (_tacet_directory_v1_Limits | null);
  'expiresAtMs'?: (number | string | Long);
}

export interface CreateKeyRequest__Output {
  'accountId': (Buffer);
  /**
   * 1..100 characters.
   */
  'name': (string);
  'noLog': (boolean);
  'models': (string)[];
  'limits': (_tacet_directory_v1_Limits__Output | null);
  'expiresAtMs': (string);
}
