// Original file: proto/tacet/directory/v1/directory.proto

import type { Long } from '@grpc/proto-loader';

export interface WatchRequest {
  /**
   * 0 = from now.
   */
  'fromRevision'?: (number | string | Long);
}

export interface WatchRequest__Output {
  /**
   * 0 = from now.
   */
  'fromRevision': (string);
}
