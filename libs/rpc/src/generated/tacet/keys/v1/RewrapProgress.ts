// Original file: proto/tacet/keys/v1/keys.proto

import type { Long } from '@grpc/proto-loader';

export interface RewrapProgress {
  'done'?: (number | string | Long);
  'total'?: (number | string | Long);
  'finished'?: (boolean);
}

export interface RewrapProgress__Output {
  'done': (string);
  'total': (string);
  'finished': (boolean);
}
