// Original file: proto/tacet/keys/v1/keys.proto


export interface OpenedRecord {
  'plaintext'?: (Buffer | Uint8Array | string);
  /**
   * No hint which step refused it.
   */
  'refused'?: (boolean);
  'result'?: "plaintext"|"refused";
}

export interface OpenedRecord__Output {
  'plaintext'?: (Buffer);
  /**
   * No hint which step refused it.
   */
  'refused'?: (boolean);
  'result'?: "plaintext"|"refused";
}
