// Original file: proto/tacet/ledger/v1/ledger.proto


export interface RetryDeadLettersResponse {
  /**
   * Charged now.
   */
  'charged'?: (number);
  /**
   * A later record of the request has been charged: nothing to do.
   */
  'superseded'?: (number);
  /**
   * Still not chargeable; kept.
   */
  'kept'?: (number);
}

export interface RetryDeadLettersResponse__Output {
  /**
   * Charged now.
   */
  'charged': (number);
  /**
   * A later record of the request has been charged: nothing to do.
   */
  'superseded': (number);
  /**
   * Still not chargeable; kept.
   */
  'kept': (number);
}
