// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateCheckoutRequest {
  'accountId'?: (Buffer | Uint8Array | string);
  /**
   * 16 bytes; the same id is the same page.
   */
  'requestId'?: (Buffer | Uint8Array | string);
  /**
   * Whole cents.
   */
  'amountNano'?: (number | string | Long);
  /**
   * Credit of this amount every month, until it is cancelled.
   */
  'monthly'?: (boolean);
  /**
   * Keep the card for auto top-up. Not with monthly, which keeps it anyway.
   */
  'saveCard'?: (boolean);
  /**
   * Where Stripe sends the browser afterwards.
   */
  'successUrl'?: (string);
  'cancelUrl'?: (string);
}

export interface CreateCheckoutRequest__Output {
  'accountId': (Buffer);
  /**
   * 16 bytes; the same id is the same page.
   */
  'requestId': (Buffer);
  /**
   * Whole cents.
   */
  'amountNano': (string);
  /**
   * Credit of this amount every month, until it is cancelled.
   */
  'monthly': (boolean);
  /**
   * Keep the card for auto top-up. Not with monthly, which keeps it anyway.
   */
  'saveCard': (boolean);
  /**
   * Where Stripe sends the browser afterwards.
   */
  'successUrl': (string);
  'cancelUrl': (string);
}
