// Original file: proto/tacet/keys/v1/keys.proto

import type { DekInfo as _tacet_keys_v1_DekInfo, DekInfo__Output as _tacet_keys_v1_DekInfo__Output } from '../../../tacet/keys/v1/DekInfo.ts';

export interface RewrapDekResponse {
  /**
   * One for each DEK version.
   */
  'deks'?: (_tacet_keys_v1_DekInfo)[];
}

export interface RewrapDekResponse__Output {
  /**
   * One for each DEK version.
   */
  'deks': (_tacet_keys_v1_DekInfo__Output)[];
}
