// Original file: proto/tacet/keys/v1/keys.proto

import type { KekInfo as _tacet_keys_v1_KekInfo, KekInfo__Output as _tacet_keys_v1_KekInfo__Output } from '../../../tacet/keys/v1/KekInfo.ts';

export interface DescribeKeysResponse {
  'keks'?: (_tacet_keys_v1_KekInfo)[];
}

export interface DescribeKeysResponse__Output {
  'keks': (_tacet_keys_v1_KekInfo__Output)[];
}
