// Original file: proto/tacet/directory/v1/account_admin.proto

import type { Limits as _tacet_directory_v1_Limits, Limits__Output as _tacet_directory_v1_Limits__Output } from '../../../tacet/directory/v1/Limits.ts';

export interface SetAccountLimitsRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  'limits'?: (_tacet_directory_v1_Limits | null);
}

export interface SetAccountLimitsRequest__Output {
  'accountId': (Buffer);
  'limits': (_tacet_directory_v1_Limits__Output | null);
}
