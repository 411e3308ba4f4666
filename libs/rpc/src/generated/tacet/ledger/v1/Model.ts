// Original file: proto/tacet/ledger/v1/ledger.proto


/**
 * One model as clients may ask for it.
 */
export interface Model {
  /**
   * The id that clients send and workers know, at most 256 bytes of UTF-8.
   */
  'modelId'?: (string);
  /**
   * Prompt and answer together.
   */
  'contextTokens'?: (number);
  /**
   * Output bound of a request that names none.
   */
  'outputDefault'?: (number);
  /**
   * Upper bound of what a chat template adds to a prompt.
   */
  'overheadTokens'?: (number);
  /**
   * Upper bound of one image, audio or video part.
   */
  'mediaTokensMax'?: (number);
  /**
   * The price version that new requests are admitted under; 0 = not priced.
   */
  'priceVersion'?: (number);
}

/**
 * One model as clients may ask for it.
 */
export interface Model__Output {
  /**
   * The id that clients send and workers know, at most 256 bytes of UTF-8.
   */
  'modelId': (string);
  /**
   * Prompt and answer together.
   */
  'contextTokens': (number);
  /**
   * Output bound of a request that names none.
   */
  'outputDefault': (number);
  /**
   * Upper bound of what a chat template adds to a prompt.
   */
  'overheadTokens': (number);
  /**
   * Upper bound of one image, audio or video part.
   */
  'mediaTokensMax': (number);
  /**
   * The price version that new requests are admitted under; 0 = not priced.
   */
  'priceVersion': (number);
}
