// Original file: proto/tacet/directory/v1/account_admin.proto

import type { Key as _tacet_directory_v1_Key, Key__Output as _tacet_directory_v1_Key__Output } from '../../../tacet/directory/v1/Key.ts';

export interface ListKeysResponse {
  'keys'?: (_tacet_directory_v1_Key)[];
  /**
   * Empty when this was the last page.
   */
  'next'?: (Buffer | Uint8Array | string);
}

export interface ListKeysResponse__Output {
  'keys': (_tacet_directory_v1_Key__Output)[];
  /**
   * Empty when this was the last page.
   */
  'next': (Buffer);
}
