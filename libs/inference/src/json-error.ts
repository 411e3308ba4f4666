/**
 * Why bytes are not what they should be. The message is made of constants and of field names that the router
 * itself knows; it never holds a byte of what was read.
 *
 * - `syntax`, `invalid_utf8`, `too_deep`, `too_many_fields`, `not_an_object`: the bytes as a whole.
 * - `ambiguous_field`: an interpreted top-level name occurs twice, escaped, or in another spelling.
 * - `field_invalid`: the value of `field` has the wrong type or is out of range.
 */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly reason: JsonErrorReason;
  /** The name of an interpreted field, for the last two reasons. */
  readonly field: string | undefined;

  constructor(reason: JsonErrorReason, message: string, field?: string) {
    super(message);
    this.reason = reason;
    this.field = field;
  }
}

export type JsonErrorReason = 'syntax' | 'invalid_utf8' | 'too_deep' | 'too_many_fields' | 'not_an_object' | 'ambiguous_field' | 'field_invalid';
