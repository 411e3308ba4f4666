import type { Result } from './result.ts';

/** The whole run for people: a line for each part, then what failed, then the totals as the very last line. */
export function summarize(results: readonly Result[], totalMs: number): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map((result) => {
    const line = `  ${mark(result)} ${result.name.padEnd(width)}  ${counts(result).padEnd(24)} ${result.ms > 0 ? seconds(result.ms) : ''}`.trimEnd();
    return [line, ...result.remarks.map((remark) => `      ${remark}`)].join('\n');
  });
  const sum = (of: 'passed' | 'failed') => results.reduce((total, result) => total + result[of], 0);
  return `\n${lines.join('\n')}\n\n  ${'in all'.padEnd(width + 27)} ${seconds(totalMs)}\n\n${sum('passed')} passed, ${sum('failed')} failed\n`;
}

function mark({ passed, failed }: Result): string {
  if (failed > 0) return '✗';
  return passed > 0 ? '✓' : '·';
}

function counts({ passed, failed }: Result): string {
  if (failed > 0) return `${passed} passed, ${failed} failed`;
  return passed > 0 ? `${passed} passed` : '–';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(7)} s`;
}
