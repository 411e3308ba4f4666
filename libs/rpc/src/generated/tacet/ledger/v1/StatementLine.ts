// Original file: proto/tacet/ledger/v1/ledger.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One cause of a change of what an account has posted. Usage that became a
 * transfer is listed in its parts: a line for each key and price of the period.
 */
export interface StatementLine {
  /**
   * When it was booked. An open period: now.
   */
  'atMs'?: (number | string | Long);
  /**
   * opening (what was posted before the range), a kind of transfer
   * (docs/money.md), open_usage (a period that is not a transfer yet), closing
   * (the sum: what is posted at the end of the range).
   */
  'kind'?: (string);
  /**
   * What the line stands for: a period, a grant id, an object of Stripe.
   */
  'reference'?: (string);
  /**
   * The ledger account on the other side; empty for opening and closing.
   */
  'counterpart'?: (string);
  /**
   * Positive: to the account. 0 for closing.
   */
  'amountNano'?: (number | string | Long);
  /**
   * What is posted after this line.
   */
  'balanceNano'?: (number | string | Long);
  /**
   * Of usage alone; the key is empty where the sum is not by key.
   */
  'keyId'?: (Buffer | Uint8Array | string);
  'modelId'?: (string);
  'priceVersion'?: (number);
  'inputTokens'?: (number | string | Long);
  'cachedTokens'?: (number | string | Long);
  'outputTokens'?: (number | string | Long);
  'noLog'?: (boolean);
  /**
   * What loss:late and loss:bound paid in the account's place; not in the amount.
   */
  'lostNano'?: (number | string | Long);
  /**
   * The transfer of the ledger; empty for opening, closing and open usage.
   */
  'transferId'?: (Buffer | Uint8Array | string);
}

/**
 * One cause of a change of what an account has posted. Usage that became a
 * transfer is listed in its parts: a line for each key and price of the period.
 */
export interface StatementLine__Output {
  /**
   * When it was booked. An open period: now.
   */
  'atMs': (string);
  /**
   * opening (what was posted before the range), a kind of transfer
   * (docs/money.md), open_usage (a period that is not a transfer yet), closing
   * (the sum: what is posted at the end of the range).
   */
  'kind': (string);
  /**
   * What the line stands for: a period, a grant id, an object of Stripe.
   */
  'reference': (string);
  /**
   * The ledger account on the other side; empty for opening and closing.
   */
  'counterpart': (string);
  /**
   * Positive: to the account. 0 for closing.
   */
  'amountNano': (string);
  /**
   * What is posted after this line.
   */
  'balanceNano': (string);
  /**
   * Of usage alone; the key is empty where the sum is not by key.
   */
  'keyId': (Buffer);
  'modelId': (string);
  'priceVersion': (number);
  'inputTokens': (string);
  'cachedTokens': (string);
  'outputTokens': (string);
  'noLog': (boolean);
  /**
   * What loss:late and loss:bound paid in the account's place; not in the amount.
   */
  'lostNano': (string);
  /**
   * The transfer of the ledger; empty for opening, closing and open usage.
   */
  'transferId': (Buffer);
}
