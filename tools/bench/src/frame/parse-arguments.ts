import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchArguments {
  readonly bench: string;
  /** Measurements of it; empty = all. */
  readonly measurements: readonly string[];
  /** Of one round of one case. */
  readonly seconds: number;
  readonly rounds: number;
  readonly json: boolean;
  /** A Markdown file whose part between `<!-- bench NAME -->` and `<!-- end -->` the tables replace. */
  readonly write: string | undefined;
  /** A folder for CPU profiles of what is measured. */
  readonly profile: string | undefined;
}

export const secondsMax = 600;
export const roundsMax = 100;

/** Parses the command line. Throws an `Error` with a sentence for people. */
export function parseArguments(argumentsOf: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...argumentsOf],
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false }, write: { type: 'string' }, profile: { type: 'string' } },
  });
  const [bench, ...measurements] = positionals;
  if (bench === undefined) throw new Error('say which bench');
  return { bench, measurements, seconds: numberOf('seconds', values.seconds, secondsMax), rounds: numberOf('rounds', values.rounds, roundsMax), json: values.json, write: values.write, profile: values.profile };
}

function numberOf(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!(value > 0 && value <= max)) throw new Error(`--${name} is a number up to ${max}`);
  return value;
}
