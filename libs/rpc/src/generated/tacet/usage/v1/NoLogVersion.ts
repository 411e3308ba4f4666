// Original file: proto/tacet/usage/v1/usage.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Which version of a NoLogTotal billing has. Sent back to edges so that one
 * that fell back (a failover of Postgres) is sent again.
 */
export interface NoLogVersion {
  'epoch'?: (number);
  'accountId'?: (Buffer | Uint8Array | string);
  'keyId'?: (Buffer | Uint8Array | string);
  'priceVersion'?: (number);
  'version'?: (number | string | Long);
}

/**
 * Which version of a NoLogTotal billing has. Sent back to edges so that one
 * that fell back (a failover of Postgres) is sent again.
 */
export interface NoLogVersion__Output {
  'epoch': (number);
  'accountId': (Buffer);
  'keyId': (Buffer);
  'priceVersion': (number);
  'version': (string);
}
