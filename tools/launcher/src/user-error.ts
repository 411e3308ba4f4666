/** Something that the person at the keyboard must change; its message is shown as it is, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
