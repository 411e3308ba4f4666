/**
 * A worker's stream cannot be passed on: `invalid_chunk` (not JSON, or no object) or `error_chunk` (the worker
 * says that it failed). The message holds nothing of what the worker sent.
 */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly reason: 'invalid_chunk' | 'error_chunk';

  constructor(reason: 'invalid_chunk' | 'error_chunk') {
    super(reason === 'invalid_chunk' ? 'a chunk of the stream is not valid' : 'the worker reported an error in its stream');
    this.reason = reason;
  }
}
