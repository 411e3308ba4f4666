import { RecordRefusedError } from '@tacet/sealed-record';

/** Nothing if `run` gives the expected bytes, else what went wrong, in words. */
export function attempt(what: string, expected: Uint8Array, run: () => Uint8Array): readonly string[] {
  try {
    const actual = Buffer.from(run());
    return actual.equals(expected) ? [] : [`${what} gives ${describe(actual)} instead of ${describe(expected)}`];
  } catch (error) {
    if (error instanceof RecordRefusedError) return [`${what} is refused`];
    throw error;
  }
}

const shownBytesMax = 80;

function describe(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('hex');
  if (text === '') return 'nothing';
  return text.length <= 2 * shownBytesMax ? text : `${text.slice(0, 2 * shownBytesMax)}… (${bytes.length} bytes)`;
}
