import { parseArgs } from 'node:util';

/** What the process was started to do. */
export type Task =
  /** One sweep, as of `nowMs` (UTC; the clock's time where it is undefined), then the end. */
  | { readonly kind: 'sweep'; readonly nowMs: number | undefined }
  /** A sweep now and again and again. */
  | { readonly kind: 'loop' };

export const usage = 'usage: main.ts sweep [--now ISO-8601] | main.ts loop\n';

/** Reads the arguments of the process; undefined: they are none of `usage`. */
export function readArguments(args: readonly string[]): Task | undefined {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: { now: { type: 'string' } }, allowPositionals: true, strict: true });
  } catch {
    return undefined;
  }
  const { positionals, values } = parsed;
  const [command, ...rest] = positionals;
  if (rest.length > 0) return undefined;
  if (command === 'loop') return values.now === undefined ? { kind: 'loop' } : undefined;
  if (command !== 'sweep') return undefined;
  if (values.now === undefined) return { kind: 'sweep', nowMs: undefined };
  const nowMs = readTime(values.now);
  return nowMs === undefined ? undefined : { kind: 'sweep', nowMs };
}

/** Only with an offset or Z: a local time would delete hours too early or too late. */
const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function readTime(text: string): number | undefined {
  const milliseconds = timePattern.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
