import { createInterface } from 'node:readline/promises';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

/**
 * Asks before something that cannot be taken back. `--yes` answers it; where nobody can be asked, its absence is a
 * `UsageError`. Resolves to whether to go on.
 */
export async function confirm(
  question: string,
  yes: boolean,
  { input, messages, signal }: Pick<Surroundings, 'input' | 'messages' | 'signal'>,
): Promise<boolean> {
  if (yes) return true;
  if (input.isTTY !== true || messages.isTTY !== true)
    throw new UsageError('this cannot be taken back, and there is nobody to ask: give --yes');
  const reader = createInterface({ input, output: messages });
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
