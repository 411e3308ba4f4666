import { TacetError } from '@tacet/errors';
import { batchBytesMax, plaintextBytesMax, recordsMax } from '../limits.ts';

/**
 * Holds a batch to its limits, given the lengths of its plaintexts (`overheadBytes` 0), or of its records with
 * `overheadBytes` for what sealing adds to each. Whatever Seal accepts, Open accepts when it comes back. Throws `batch_too_large`.
 */
export function checkBatch(lengths: readonly number[], overheadBytes: number): void {
  if (lengths.length > recordsMax) throw tooLarge(`At most ${recordsMax} records a call.`);
  let sum = 0;
  for (const length of lengths) {
    if (length > plaintextBytesMax + overheadBytes) throw tooLarge(`At most ${plaintextBytesMax} bytes a record.`);
    sum += length;
  }
  if (sum > batchBytesMax + lengths.length * overheadBytes) throw tooLarge(`At most ${batchBytesMax} bytes a call.`);
}

function tooLarge(message: string): TacetError {
  return new TacetError('batch_too_large', { message });
}
