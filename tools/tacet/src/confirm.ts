import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

/**
 * Asks before something that cannot be taken back. `--yes` answers it; where nobody can be asked, its absence is a
 * `UsageError`. Resolves to whether to go on; Ctrl-C and the end of the input are a no.
 */
export async function confirm(
  question: string,
  yes: boolean,
  { input, messages }: Pick<Surroundings, 'input' | 'messages'>,
): Promise<boolean> {
  if (yes) return true;
  if (input.isTTY !== true || messages.isTTY !== true) {
    throw new UsageError('this cannot be taken back, and there is nobody to ask: give --yes');
  }
  const reader = createInterface({ input, output: messages, prompt: `${question} [y/N] ` });
  reader.prompt();
  try {
    const line = once(reader, 'line').then(([text]) => String(text));
    const nothing = Promise.race([once(reader, 'close'), once(reader, 'SIGINT')]).then(() => '');
    const answer = await Promise.race([line, nothing]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
