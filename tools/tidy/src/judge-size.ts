import type { Problem } from './check.ts';
import type { SizeException } from './exceptions.ts';

/** Something with a size in lines. */
export interface Sized {
  /** As in `SizeException.where`. */
  readonly where: string;
  readonly lines: number;
  /** Where to look: `file:line`. */
  readonly place: string;
}

/** Everything that has `linesMax` lines or more and no exception, outgrew its exception, or needs it no longer. */
export function judgeSizes(what: string, linesMax: number, sized: readonly Sized[], exceptions: readonly SizeException[]): readonly Problem[] {
  const listed = new Map(exceptions.map((exception) => [exception.where, exception]));
  const problems: Problem[] = [];
  for (const { where, lines, place } of sized) {
    const exception = listed.get(where);
    if (exception === undefined && lines >= linesMax) problems.push(`${place}: ${what} of ${lines} lines; it must be under ${linesMax}`);
    if (exception === undefined) continue;
    listed.delete(where);
    if (lines > exception.lines) problems.push(`${place}: ${what} grew to ${lines} lines; its exception allows ${exception.lines}`);
    else if (lines < linesMax) problems.push(`${place}: ${what} of ${lines} lines needs no exception; take it off the list`);
    else if (lines < exception.lines) problems.push(`${place}: ${what} shrank to ${lines} lines; lower its exception from ${exception.lines}`);
  }
  for (const { where } of listed.values()) problems.push(`${where}: there is no such ${what}; take its exception off the list`);
  return problems;
}
