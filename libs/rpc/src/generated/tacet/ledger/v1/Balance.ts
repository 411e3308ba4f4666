// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * available = posted - held + overdraft.
 */
export interface Balance {
  'accountId'?: (Buffer | Uint8Array | string);
  'postedNano'?: (number | string | Long);
  'heldNano'?: (number | string | Long);
  'overdraftNano'?: (number | string | Long);
  'availableNano'?: (number | string | Long);
  'suspended'?: (boolean);
}

/**
 * available = posted - held + overdraft.
 */
export interface Balance__Output {
  'accountId': (Buffer);
  'postedNano': (string);
  'heldNano': (string);
  'overdraftNano': (string);
  'availableNano': (string);
  'suspended': (boolean);
}
