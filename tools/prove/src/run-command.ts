import type { Writable } from 'node:stream';
import { claims } from './claims.ts';
import { prove } from './prove.ts';
import { reportJson, reportTable } from './report.ts';

const usage = 'usage: npm run --silent prove -- [--json] [--long] [C1 C2 …]\n';

const options = ['--json', '--long'];

/** Runs the command; the exit code: 0 all proven, 1 not all, 2 wrong arguments. Progress goes to `errors`. */
export async function runCommand(given: readonly string[], output: Writable, errors: Writable): Promise<number> {
  const wanted = given.filter((argument) => !options.includes(argument)).map((argument) => argument.toUpperCase());
  const chosen = wanted.length === 0 ? claims : claims.filter(({ id }) => wanted.includes(id));
  if (wanted.some((id) => !claims.some((claim) => claim.id === id))) {
    errors.write(usage);
    return 2;
  }
  const begun = performance.now();
  const tell = (line: string) => void errors.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  const verdicts = await prove({ claims: chosen, tell, isLong: given.includes('--long') });
  tell('done');
  output.write(given.includes('--json') ? `${reportJson(verdicts)}\n` : reportTable(verdicts));
  return verdicts.every(({ state }) => state === 'proven') ? 0 : 1;
}
