/** The one error for whatever does not open. Which step refused it is told to nobody: two kinds of failure make an oracle. */
export class RecordRefusedError extends Error {
  override readonly name = 'RecordRefusedError';
  override readonly message = 'the record does not open';
}
