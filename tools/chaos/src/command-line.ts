import { allBreaks } from './breaks/all-breaks.ts';
import type { Break } from './breaks/break.ts';
import { faults } from './faults/faults.ts';
import { scenarios, type Scenario } from './scenarios/scenarios.ts';

/** A run of random faults. */
export interface KillsCommand {
  readonly kind: 'kills';
  readonly kills: number;
  readonly seed: number;
  readonly restEvery: number;
  readonly faultNames: readonly string[] | undefined;
}

/** What the command was asked for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'break'; readonly broken: Break; readonly further: readonly string[] }
  | { readonly kind: 'scenario'; readonly scenario: Scenario }
  | KillsCommand;

const killsDefault = 100;
const restEveryDefault = 25;
const names = ['--kills', '--seed', '--rest-every', '--faults', '--scenario', '--break'];

/** What `--help` prints. */
export const helpText = `npm run --silent chaos -- [--kills N] [--seed N] [--rest-every N] [--faults NAME,NAME] [--scenario NAME] [--break NAME]

  --kills N        processes to kill with SIGKILL, beside all other faults (${killsDefault})
  --seed N         repeats the choices of a run (random)
  --rest-every N   kills between two looks at the books (${restEveryDefault})
  --faults NAMES   these alone, one after the other: ${faults.map(({ name }) => name).join(', ')}
  --scenario NAME  no random faults, but one story: ${Object.keys(scenarios).join(', ')}
  --break NAME     takes one rule away in a copy of the sources, and must end red: ${allBreaks.map(({ name }) => name).join(', ')}

The last line has the totals in nano-USD. Exit code: 0 every invariant held, 1 one did not, 2 wrong arguments, 3 the run failed.
`;

/** Reads the arguments. `random`: from 0 to 1, for the seed that nobody gave. */
export function readCommandLine(given: readonly string[], random: number): Command {
  const options = new Map<string, string>();
  for (let at = 0; at < given.length; at += 2) {
    const [name = '', value] = given.slice(at, at + 2);
    if (name === '--help' || name === '-h') return { kind: 'help' };
    if (!names.includes(name)) return { kind: 'wrong', problem: `unknown option ${name}` };
    if (value === undefined) return { kind: 'wrong', problem: `${name} needs a value` };
    options.set(name, value);
  }
  const breakName = options.get('--break');
  if (breakName !== undefined) return readBreak(breakName, given);
  const scenarioName = options.get('--scenario');
  if (scenarioName === undefined) return readKills(options, random);
  const scenario = scenarios[scenarioName];
  return scenario ? { kind: 'scenario', scenario } : { kind: 'wrong', problem: `there is no scenario ${scenarioName}` };
}

function readBreak(name: string, given: readonly string[]): Command {
  const broken = allBreaks.find((one) => one.name === name);
  if (!broken) return { kind: 'wrong', problem: `there is no break ${name}` };
  const at = given.indexOf('--break');
  return { kind: 'break', broken, further: given.filter((_, place) => place !== at && place !== at + 1) };
}

function readKills(options: ReadonlyMap<string, string>, random: number): Command {
  const whole = (name: string, fallback: number) => Number(options.get(name) ?? fallback);
  const kills = whole('--kills', killsDefault);
  const seed = whole('--seed', Math.floor(random * 1_000_000));
  const restEvery = whole('--rest-every', restEveryDefault);
  if (![kills, seed, restEvery].every((number) => Number.isSafeInteger(number) && number >= 0) || kills < 1 || restEvery < 1) return { kind: 'wrong', problem: '--kills, --seed and --rest-every take whole numbers' };
  const faultNames = options.get('--faults')?.split(',');
  const unknown = faultNames?.find((name) => !faults.some((fault) => fault.name === name));
  if (unknown !== undefined) return { kind: 'wrong', problem: `there is no fault ${unknown}` };
  return { kind: 'kills', kills, seed, restEvery, faultNames };
}
