/** What the command was asked for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'kills'; readonly kills: number; readonly seed: number; readonly restEvery: number; readonly breakName: string | undefined };

const killsDefault = 100;
const restEveryDefault = 25;

export const helpText = `npm run --silent chaos -- [--kills N] [--seed N] [--rest-every N] [--break NAME]

  --kills N       processes to kill with SIGKILL, beside all other faults (${killsDefault})
  --seed N        repeats the choices of a run (random)
  --rest-every N  kills between two looks at the books (${restEveryDefault})
  --break NAME    takes one rule away in a copy of the sources, and must end red; an unknown name lists them

The last line has the totals in nano-USD; the exit code is 0 only if every invariant held.
`;

/** Reads the arguments. `random`: from 0 to 1, for the seed that nobody gave. */
export function readCommandLine(given: readonly string[], random: number): Command {
  const options = new Map<string, string>();
  for (let at = 0; at < given.length; at += 2) {
    const [name = '', value] = given.slice(at, at + 2);
    if (name === '--help' || name === '-h') return { kind: 'help' };
    if (!['--kills', '--seed', '--rest-every', '--break'].includes(name)) return { kind: 'wrong', problem: `unknown option ${name}` };
    if (value === undefined) return { kind: 'wrong', problem: `${name} needs a value` };
    options.set(name, value);
  }
  const whole = (name: string, fallback: number) => Number(options.get(name) ?? fallback);
  const kills = whole('--kills', killsDefault);
  const seed = whole('--seed', Math.floor(random * 1_000_000));
  const restEvery = whole('--rest-every', restEveryDefault);
  if (![kills, seed, restEvery].every((number) => Number.isSafeInteger(number) && number >= 0) || kills < 1 || restEvery < 1) return { kind: 'wrong', problem: '--kills, --seed and --rest-every take whole numbers' };
  return { kind: 'kills', kills, seed, restEvery, breakName: options.get('--break') };
}
