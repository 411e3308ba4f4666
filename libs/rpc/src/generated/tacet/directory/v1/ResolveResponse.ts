// Original file: proto/tacet/directory/v1/directory.proto

import type { KeyState as _tacet_directory_v1_KeyState, KeyState__Output as _tacet_directory_v1_KeyState__Output } from '../../../tacet/directory/v1/KeyState.ts';
import type { Limits as _tacet_directory_v1_Limits, Limits__Output as _tacet_directory_v1_Limits__Output } from '../../../tacet/directory/v1/Limits.ts';
import type { Long } from '@grpc/proto-loader';

export interface ResolveResponse {
  'state'?: (_tacet_directory_v1_KeyState);
  /**
   * 16 bytes each; key_id is empty for an account's own policy.
   */
  'keyId'?: (Buffer | Uint8Array | string);
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * No per-request row, log line, id or time is kept of this key's requests.
   */
  'noLog'?: (boolean);
  /**
   * Empty = every model.
   */
  'models'?: (string)[];
  'limits'?: (_tacet_directory_v1_Limits | null);
  /**
   * 0 = never.
   */
  'expiresAtMs'?: (number | string | Long);
  /**
   * The directory's revision that this answer is at least as new as.
   */
  'revision'?: (number | string | Long);
  /**
   * Of the account as a whole, which all of its keys and its chats share. Its
   * spend_* are 0: an account spends what it has.
   */
  'accountLimits'?: (_tacet_directory_v1_Limits | null);
}

export interface ResolveResponse__Output {
  'state': (_tacet_directory_v1_KeyState__Output);
  /**
   * 16 bytes each; key_id is empty for an account's own policy.
   */
  'keyId': (Buffer);
  'accountId': (Buffer);
  /**
   * No per-request row, log line, id or time is kept of this key's requests.
   */
  'noLog': (boolean);
  /**
   * Empty = every model.
   */
  'models': (string)[];
  'limits': (_tacet_directory_v1_Limits__Output | null);
  /**
   * 0 = never.
   */
  'expiresAtMs': (string);
  /**
   * The directory's revision that this answer is at least as new as.
   */
  'revision': (string);
  /**
   * Of the account as a whole, which all of its keys and its chats share. Its
   * spend_* are 0: an account spends what it has.
   */
  'accountLimits': (_tacet_directory_v1_Limits__Output | null);
}
