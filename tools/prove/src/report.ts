import type { Verdict } from './prove.ts';

/** The line that programs read. */
export function reportJson(verdicts: readonly Verdict[]): string {
  return JSON.stringify({ claims: verdicts.map(({ claim: { id, sentence, sinks }, state }) => ({ id, sentence, state, sinks })) });
}

const marks = { proven: '✓', red: '✗', unproven: '?' } as const;

/** The table that people read: each sentence, what it does not say, and why it is not proven where it is not. */
export function reportTable(verdicts: readonly Verdict[]): string {
  const blocks = verdicts.map(({ claim: { id, sentence, caveat, sinks }, state, remark, ms }) =>
    [
      `${marks[state]} ${id.padEnd(4)} ${state.padEnd(9)} ${sentence}`,
      ...(caveat === undefined ? [] : [`       but: ${caveat}`]),
      state === 'proven' ? `       ${remark}` : `       because: ${remark}`,
      `       ${sinks.length} places searched, ${(ms / 1000).toFixed(1)} s`,
    ].join('\n'),
  );
  const proven = verdicts.filter(({ state }) => state === 'proven').length;
  return `${blocks.join('\n\n')}\n\n${proven} of ${verdicts.length} claims proven\n`;
}
