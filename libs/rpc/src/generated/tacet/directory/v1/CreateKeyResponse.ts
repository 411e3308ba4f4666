// Original file: proto/tacet/directory/v1/account_admin.proto

import type { Key as _tacet_directory_v1_Key, Key__Output as _tacet_directory_v1_Key__Output } from '../../../tacet/directory/v1/Key.ts';

export interface CreateKeyResponse {
  'key'?: (_tacet_directory_v1_Key | null);
  'plaintextKey'?: (string);
}

export interface CreateKeyResponse__Output {
  'key': (_tacet_directory_v1_Key__Output | null);
  'plaintextKey': (string);
}
