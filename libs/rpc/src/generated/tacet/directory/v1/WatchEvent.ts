// Original file: proto/tacet/directory/v1/directory.proto

import type { Heartbeat as _tacet_directory_v1_Heartbeat, Heartbeat__Output as _tacet_directory_v1_Heartbeat__Output } from '../../../tacet/directory/v1/Heartbeat.ts';
import type { Reset as _tacet_directory_v1_Reset, Reset__Output as _tacet_directory_v1_Reset__Output } from '../../../tacet/directory/v1/Reset.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchEvent {
  /**
   * The newest revision that the stream has told of.
   */
  'revision'?: (number | string | Long);
  /**
   * Nothing happened; the directory is alive.
   */
  'heartbeat'?: (_tacet_directory_v1_Heartbeat | null);
  /**
   * Drop everything cached.
   */
  'reset'?: (_tacet_directory_v1_Reset | null);
  /**
   * 16 bytes: this key changed; look it up again.
   */
  'keyId'?: (Buffer | Uint8Array | string);
  /**
   * 16 bytes: this account changed; look up all of its keys again.
   */
  'accountId'?: (Buffer | Uint8Array | string);
  'event'?: "heartbeat"|"reset"|"keyId"|"accountId";
}

export interface WatchEvent__Output {
  /**
   * The newest revision that the stream has told of.
   */
  'revision': (string);
  /**
   * Nothing happened; the directory is alive.
   */
  'heartbeat'?: (_tacet_directory_v1_Heartbeat__Output | null);
  /**
   * Drop everything cached.
   */
  'reset'?: (_tacet_directory_v1_Reset__Output | null);
  /**
   * 16 bytes: this key changed; look it up again.
   */
  'keyId'?: (Buffer);
  /**
   * 16 bytes: this account changed; look up all of its keys again.
   */
  'accountId'?: (Buffer);
  'event'?: "heartbeat"|"reset"|"keyId"|"accountId";
}
