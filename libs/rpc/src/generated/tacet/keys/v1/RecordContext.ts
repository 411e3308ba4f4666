// Original file: proto/tacet/keys/v1/keys.proto


/**
 * Where a record belongs, together with the account of the call. Ids that do
 * not exist are 16 zero bytes.
 */
export interface RecordContext {
  'conversationId'?: (Buffer | Uint8Array | string);
  'messageId'?: (Buffer | Uint8Array | string);
  /**
   * 1 message, 2 conversation title, 3 second-factor seed, 4 export file.
   */
  'field'?: (number);
  /**
   * 1: UTF-8 JSON.
   */
  'schema'?: (number);
}

/**
 * Where a record belongs, together with the account of the call. Ids that do
 * not exist are 16 zero bytes.
 */
export interface RecordContext__Output {
  'conversationId': (Buffer);
  'messageId': (Buffer);
  /**
   * 1 message, 2 conversation title, 3 second-factor seed, 4 export file.
   */
  'field': (number);
  /**
   * 1: UTF-8 JSON.
   */
  'schema': (number);
}
