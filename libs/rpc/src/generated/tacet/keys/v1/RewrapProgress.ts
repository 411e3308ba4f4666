// Original file: proto/tacet/keys/v1/keys.proto

import type { Long } from '@grpc/proto-loader';

export interface RewrapProgress {
  'done'?: (number | string | Long);
  'total'?: (number | string | Long);
  'finished'?: (boolean);
  /**
   * DEKs and epoch secrets that could not be unwrapped and stay as they are.
   */
  'skipped'?: (number | string | Long);
}

export interface RewrapProgress__Output {
  'done': (string);
  'total': (string);
  'finished': (boolean);
  /**
   * DEKs and epoch secrets that could not be unwrapped and stay as they are.
   */
  'skipped': (string);
}
