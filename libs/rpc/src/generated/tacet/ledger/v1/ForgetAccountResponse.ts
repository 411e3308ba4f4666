// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface ForgetAccountResponse {
  /**
   * Rows removed by table, for the receipt.
   */
  'removed'?: ({[key: string]: number | string | Long});
  'forfeitedNano'?: (number | string | Long);
}

export interface ForgetAccountResponse__Output {
  /**
   * Rows removed by table, for the receipt.
   */
  'removed': ({[key: string]: string});
  'forfeitedNano': (string);
}
